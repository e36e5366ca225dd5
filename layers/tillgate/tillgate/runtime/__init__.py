"""What every function runs on: AWS clients, logs and metrics, batches of messages. Imports nothing of ours."""
