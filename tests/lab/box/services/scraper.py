"""Read metrics every second over one lasting connection, as Prometheus does."""

import http.client
import sys
import time
from urllib.parse import urlsplit


def scrape(address: str) -> None:
    """Read until the connection fails."""
    where = urlsplit(address)
    connection = http.client.HTTPConnection(where.netloc, timeout=5)
    while True:
        connection.request("GET", where.path)
        connection.getresponse().read()
        time.sleep(1)


def main() -> None:
    """Scrape for ever: the target may come later, or go and come back."""
    while True:
        try:
            scrape(sys.argv[1])
        except (OSError, http.client.HTTPException):
            time.sleep(0.3)


if __name__ == "__main__":
    main()
