"""The blocking stack: Flask, under its development server (run this file: PORT) or under gunicorn (flask_app:app)."""

import sys

import flask
import tracker

app = flask.Flask(__name__)


@app.route("/planets/<name>")
def planet(name):
    return flask.jsonify(tracker.sky_of(name, tracker.place_of(flask.request.args)))


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
