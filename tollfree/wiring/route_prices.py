"""What tokens cost, by route: from the installation's routes file."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from tollfree.language.llm.route import Price, Routes
from tollfree.protocol.errors import TollfreeError


class BadRoutes(TollfreeError):
    """The routes file cannot be read, or says what routes cannot be."""

    code = "bad_routes"


def routes_in(file: Path) -> Routes:
    """The routes of a file; where there is none, none. Raises `BadRoutes`."""
    try:
        return Routes.model_validate(yaml.safe_load(file.read_text("utf-8")) or {})
    except FileNotFoundError:
        return Routes()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRoutes(f"{file} cannot be read: {' '.join(str(error).split())[:300]}. Correct the file.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadRoutes(f"{file} cannot be used. {faults}. Correct the file.") from error


def prices(routes: Routes) -> Mapping[str, Price]:
    """By the route's name."""
    return {name: route.price for name, route in routes.routes.items()}
