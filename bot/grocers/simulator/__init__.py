"""A simulated grocer: a real HTTP server that speaks the Kolonial API and fails on request."""

from bot.grocers.simulator.app import Simulator, create_app
from bot.grocers.simulator.failures import Failure
from bot.grocers.simulator.server import Address, running, serve

__all__ = ["Address", "Failure", "Simulator", "create_app", "running", "serve"]
