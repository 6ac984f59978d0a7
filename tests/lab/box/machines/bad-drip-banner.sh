
python3 /opt/lab/misbehave.py drip-banner &
until_true listens 127.0.0.1 22
