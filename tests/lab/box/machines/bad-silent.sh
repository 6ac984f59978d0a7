
python3 /opt/lab/misbehave.py silent &
until_true listens 127.0.0.1 22
