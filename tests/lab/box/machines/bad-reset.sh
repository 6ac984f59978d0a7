
python3 /opt/lab/misbehave.py reset &
until_true listens 127.0.0.1 22
