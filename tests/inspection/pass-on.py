#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passes on to a port what it gets: pass-on.py PORT. Whoever looks up who is at the other end finds this program,
called whatever its file is called."""
import socket
import sys
import threading


def pump(one, other):
    try:
        while True:
            data = one.recv(1 << 16)
            if not data:
                break
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        for sock in (one, other):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(client):
    service = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
    back = threading.Thread(target=pump, args=(service, client), daemon=True)
    back.start()
    pump(client, service)
    back.join()
    client.close()
    service.close()


listener = socket.create_server(('127.0.0.1', 0), backlog=64)
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
