"""The local cloud: the same template as on AWS, deployed into an emulator on this machine."""
