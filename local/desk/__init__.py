"""The local system's desk: a page that plays the CloudWatch console's part for the operators' custom widgets."""
