"""Models and views of shoppers, addresses and saved instruments."""
