import http.server
import threading

import pytest

from libcloud.common.errors import ProviderError
from libcloud.utils.connection import get_response_object


class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/missing" else 200)
        body = f"{self.command} {self.path} {self.headers.get('X-Test')}".encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *args):
        pass


@pytest.fixture
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_get_response_object_sends_the_address_as_it_is(address):
    response = get_response_object(f"{address}/a%20b?x=1&y=a%2Fb&x=2")
    assert (response.status, response.body) == (200, "GET /a%20b?x=1&y=a%2Fb&x=2 None")
    assert get_response_object(address).body == "GET / None"


def test_get_response_object_with_method_and_headers(address):
    response = get_response_object(f"{address}/p", method="POST", headers={"X-Test": "1"})
    assert response.body == "POST /p 1"


def test_get_response_object_that_does_not_exist(address):
    with pytest.raises(ProviderError) as caught:
        get_response_object(f"{address}/missing")
    assert caught.value.http_code == 404
