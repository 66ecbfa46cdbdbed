"""Dulwich's web server for the bare repositories of a folder: PORT FOLDER."""
import os
import socketserver
import sys
from wsgiref.simple_server import WSGIServer, make_server

from dulwich.repo import Repo
from dulwich.server import Backend
from dulwich.web import WSGIRequestHandlerLogger, make_wsgi_chain

port, root = int(sys.argv[1]), sys.argv[2]


class Folder(Backend):
    def open_repository(self, path):
        return Repo(os.path.join(root, os.fsdecode(path).strip("/")))


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


make_server(
    "127.0.0.1", port, make_wsgi_chain(Folder()), server_class=Threaded, handler_class=WSGIRequestHandlerLogger
).serve_forever()
