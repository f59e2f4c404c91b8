"""The moderators' dashboard."""

from flask import Blueprint

dashboard = Blueprint("dashboard", __name__)
