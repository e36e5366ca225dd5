"""The operators' desk in the CloudWatch console: HTML for custom widgets, which know no JavaScript (ONE-9).

AWS documentation, "Details about custom widgets in CloudWatch" and "Interactivity in the custom widget".
"""
