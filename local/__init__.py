"""The local cloud: the very same template as on AWS, deployed into an emulator on this machine."""
