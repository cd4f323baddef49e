"""What carries calls, one file each."""
