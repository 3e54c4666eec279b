#!/usr/bin/env python3
"""From MQTT into QuestDB: bridge.py MQTT-PORT HTTP-PORT. The peer of `./millrace bench e2e --only peer`.

What many write by hand: paho acknowledges each message when it is received, rows wait in memory, and a thread writes them
as influx lines over HTTP, many at once. Readings come as one JSON object, or an array of them, a message.
"""
import http.client
import json
import queue
import sys
import threading
import time
from datetime import datetime

import paho.mqtt.client as mqtt

MQTT_PORT, HTTP_PORT = int(sys.argv[1]), int(sys.argv[2])
WRITE_ROWS_MAX, WRITE_EVERY_S, TRIES = 20_000, 0.1, 5
lines = queue.SimpleQueue()


def escaped(name):
    return name.replace("\\", "\\\\").replace(" ", "\\ ").replace(",", "\\,").replace("=", "\\=")


def line(reading, device, metric):
    ts = reading["ts"]  # milliseconds, or RFC 3339
    micros = ts * 1000 if isinstance(ts, int) else round(datetime.fromisoformat(ts).timestamp() * 1e6)
    return f"readings,device={escaped(device)},metric={escaped(metric)} value={reading['value']} {micros}000"


def on_message(client, userdata, message):
    reading = json.loads(message.payload)
    if isinstance(reading, list):  # with their names
        lines.put([line(r, r["device"], r["metric"]) for r in reading])
    else:  # named by the topic: millrace/v1/SITE/DEVICE/event/METRIC
        levels = message.topic.split("/")
        lines.put([line(reading, levels[3], levels[5])])


def write(body):
    for _ in range(TRIES):
        try:
            http_client = http.client.HTTPConnection("127.0.0.1", HTTP_PORT, timeout=10)
            http_client.request("POST", "/write", body)
            status = http_client.getresponse().status
            http_client.close()
            if status == 204:
                return
        except OSError:
            pass
        time.sleep(1)
    print("given up after", TRIES, "tries: rows", body.count(b"\n"), file=sys.stderr, flush=True)


def writer():
    while True:
        batch = lines.get()
        begun = time.monotonic()
        while len(batch) < WRITE_ROWS_MAX and (left := begun + WRITE_EVERY_S - time.monotonic()) > 0:
            try:
                batch += lines.get(timeout=left)
            except queue.Empty:
                break
        write(("\n".join(batch) + "\n").encode())


threading.Thread(target=writer, daemon=True).start()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2) if hasattr(mqtt, "CallbackAPIVersion") else mqtt.Client()
client.on_message = on_message
client.on_connect = lambda c, *_: (c.subscribe([("millrace/v1/#", 1), ("plant/#", 1)]), print("ready", flush=True))
client.connect("127.0.0.1", MQTT_PORT)
client.loop_forever()
