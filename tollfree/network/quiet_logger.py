"""A logger for libraries that log every header they send, keys included, once somebody asks for debug messages."""

import logging


def quiet_logger(name: str) -> logging.Logger:
    """For the connections of a module: information and worse, whatever the program's own level is."""
    logger = logging.getLogger(f"{name}.connection")
    logger.setLevel(logging.INFO)
    return logger
