"""The sandbox PSP (GO-8): every outcome on demand."""
