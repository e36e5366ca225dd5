"""Create, list, update, end and refund orders; meet their deadlines."""
