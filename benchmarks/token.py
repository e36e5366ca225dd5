"""The access token of the benchmarks, valid until 2100, and the key that verifies it. Nobody has its private half."""

TOKEN = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImtiZW5jaCIsInR5cCI6IkpXVCJ9"  # noqa: S105
    ".eyJpc3MiOiJ0aWxsZ2F0ZSIsInN1YiI6Im1lcl9iZW5jaCIsImNsaWVudF9pZCI6ImNsaV9iZW5jaCIsInNjb3BlIjoib3JkZXJzOnJlYWQgb3Jk"
    "ZXJzOndyaXRlIGFjY291bnQ6d3JpdGUiLCJpYXQiOjE3MDAwMDAwMDAsImV4cCI6NDEwMjQ0NDgwMH0"
    ".Ki-VYM8EKf4cdWoWnBxV0OvlmfxkbM9dUTQDGJhnsBP2idl4oYD0h9zwx-9gOkmeXPVozo0tF2SbgJa50Y59Mg"
)
KEY = ("kbench", "4O7u8q0HetZFW963UbipfQHyQ1eTNWFBecXkdaC711M", "3qHNEUfTouI0mV3ahuBrblqAqJSG-5ftrUkatF3D4ME")
