"""The only code that knows DynamoDB: keys, mapping, conditional transactions."""
