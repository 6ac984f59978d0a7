"""What VPN endpoints answer, and what the Internet sees of remote desktops: values only."""
