#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A stand-in for a Docker engine, which goes wrong where a real one does so
rarely.

    stand_in.py SOCKET

It knows as much of the Engine API as drv_docker needs, and keeps its
containers in SOCKET.json from one start to the next. Files beside the socket
say what goes wrong:

    SOCKET.die     it dies as soon as it has made a container and said so
    SOCKET.late    a container is not made before this file is gone, even if
                   the one who asked for it has hung up
    SOCKET.stuck   NAME: whoever inspects that container waits while this file
                   is there
    SOCKET.broken  NAME: to inspect that container is an error
    SOCKET.panic   NAME: it hangs up on whoever inspects that container
    SOCKET.speaks  LEAST MOST: of the versions 1.x of the API it speaks these
                   alone, and says so
"""
import http.server
import json
import os
import re
import socketserver
import sys
import threading
import time
import urllib.parse

SOCKET = sys.argv[1]
LOCK = threading.Lock()
TELLING = threading.Lock()
CONTAINERS = {}
WATCHERS = []


def path_of(what):
    return SOCKET + '.' + what


def names(what):
    """The container that a file beside the socket names, or None."""
    try:
        with open(path_of(what), encoding='utf-8') as file:
            return file.read().strip()
    except FileNotFoundError:
        return None


def save():
    with open(path_of('json.new'), 'w', encoding='utf-8') as file:
        json.dump(CONTAINERS, file)
    os.rename(path_of('json.new'), path_of('json'))


def find(which):
    for container in CONTAINERS.values():
        if which in (container['id'], container['name']):
            return container
    return None


def listed(container):
    return {'Id': container['id'], 'Names': ['/' + container['name']],
            'State': container['state'], 'Labels': container['labels'],
            'Status': 'for a while', 'Ports': [
                {'IP': '0.0.0.0', 'PrivatePort': 80, 'PublicPort': 8080,
                 'Type': 'tcp'},
                {'IP': '::', 'PrivatePort': 80, 'PublicPort': 8080,
                 'Type': 'tcp'},
                {'PrivatePort': 81, 'Type': 'tcp'}],
            'NetworkSettings': {'Networks': {
                'bridge': {'IPAddress': '192.0.2.7'}}}}


def inspected(container):
    return {'Id': container['id'], 'Name': '/' + container['name'],
            'State': {'Status': container['state'], 'ExitCode': 0},
            'Config': {'Labels': container['labels'], 'Image': 'busybox'},
            'HostConfig': {},
            'NetworkSettings': {'Networks': {}, 'Ports': {}}}


def tell(container, action):
    line = json.dumps({'Type': 'container', 'Action': action, 'Actor': {
        'ID': container['id'], 'Attributes': container['labels']}}) + '\n'
    with TELLING:
        for watcher in list(WATCHERS):
            try:
                watcher.chunk(line.encode())
            except OSError:
                WATCHERS.remove(watcher)


class Engine(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, value=None, fields=None):
        body = b'' if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in (fields or {}).items():
            self.send_header(name, text)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def chunk(self, data):
        self.wfile.write(b'%x\r\n%s\r\n' % (len(data), data))
        self.wfile.flush()

    def missing(self):
        self.answer(404, {'message': 'No such container'})

    def body(self):
        length = int(self.headers.get('Content-Length') or 0)
        return self.rfile.read(length)

    def serve(self):
        body = self.body()
        path, _, query = self.path.partition('?')
        version = re.match(r'/v1\.(\d+)', path)
        path = path[version.end():] if version else path
        query = urllib.parse.parse_qs(query)
        speaks = names('speaks')
        least, most = map(int, (speaks or '12 41').split())
        if version and not least <= int(version[1]) <= most:
            self.answer(400, {'message': 'no such version of the API'})
        elif path == '/_ping' and speaks:
            self.answer(200, fields={'Api-Version': f'1.{most}'})
        elif path == '/version':
            self.answer(200, {'ApiVersion': f'1.{most}',
                              'MinAPIVersion': f'1.{least}',
                              'Version': 'stand-in'})
        elif path == '/info':
            self.answer(200, {'ID': SOCKET})
        elif path == '/events':
            self.events()
        elif path == '/containers/create':
            self.create(query['name'][0], json.loads(body))
        elif path == '/containers/json':
            with LOCK:
                found = [listed(c) for c in CONTAINERS.values()]
            self.answer(200, found)
        else:
            match = re.match(r'/containers/([^/]+)(?:/(\w+))?$', path)
            self.one(*match.groups()) if match else self.missing()

    do_GET = do_POST = do_DELETE = serve

    def events(self):
        with TELLING:
            self.send_response(200)
            self.send_header('Transfer-Encoding', 'chunked')
            self.end_headers()
            self.wfile.flush()
            WATCHERS.append(self)
        while self in WATCHERS:
            time.sleep(0.1)

    def create(self, name, spec):
        while os.path.exists(path_of('late')):
            time.sleep(0.02)
        with LOCK:
            if find(name):
                self.answer(409, {'message': 'Conflict: the name is in use'})
                return
            container = {'id': os.urandom(32).hex(), 'name': name,
                         'labels': spec['Labels'], 'state': 'created'}
            CONTAINERS[container['id']] = container
            save()
        try:
            self.answer(201, {'Id': container['id']})
        except OSError:
            pass
        if os.path.exists(path_of('die')):
            os.unlink(path_of('die'))
            os._exit(1)
        tell(container, 'create')

    def one(self, which, verb):
        # Whoever asked may have gone: the others are told before.
        with LOCK:
            container = find(which)
        if not container:
            self.missing()
        elif self.command == 'DELETE':
            with LOCK:
                CONTAINERS.pop(container['id'], None)
                save()
            tell(container, 'destroy')
            self.answer(204)
        elif verb == 'json':
            self.inspect(container)
        elif verb == 'copy':
            with LOCK:
                copy = dict(container, id=os.urandom(32).hex(),
                            name=container['name'] + '-copy', state='exited')
                CONTAINERS[copy['id']] = copy
                save()
            tell(copy, 'create')
            self.answer(200, {'Id': copy['id']})
        elif verb == 'rename':
            with LOCK:
                container['name'] = urllib.parse.parse_qs(
                    self.path.partition('?')[2])['name'][0]
                save()
            tell(container, 'rename')
            self.answer(204)
        else:
            with LOCK:
                container['state'] = ('running' if verb == 'start'
                                      else 'exited')
                save()
            tell(container, verb)
            self.answer(204)

    def inspect(self, container):
        while names('stuck') == container['name']:
            time.sleep(0.05)
        if names('panic') == container['name']:
            self.close_connection = True
        elif names('broken') == container['name']:
            self.answer(500, {'message': 'layer does not exist'})
        else:
            self.answer(200, inspected(container))


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


if os.path.exists(SOCKET):
    os.unlink(SOCKET)
if os.path.exists(path_of('json')):
    with open(path_of('json'), encoding='utf-8') as saved:
        CONTAINERS = json.load(saved)
Server(SOCKET, Engine).serve_forever()
