"""What we ask of a Label Studio server, in its own words, and what went wrong in ours.

A thin client over httpx. label-studio-sdk repeats failed requests by itself, which doubles an
import that the server had finished, and reads a list of tasks ten times slower; it serves where
it is best, to validate predictions (`page`). Takes a legacy token as well as a personal access
token, which is exchanged for one of five minutes.
"""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from surgchain.schemas.errors import InputError, PartialOutput

if TYPE_CHECKING:
    import httpx

PAGE_SIZE = 200
TIMEOUT_SECONDS = 120.0
PERSONAL_TOKEN_DOTS = 2
"""A personal access token is a JWT, three parts with dots between them."""
EXPORT_IDS = 100


class ServerAway(PartialOutput):
    """The server stopped answering; what was confirmed before stands."""


class Client:
    """A server and our account on it."""

    def __init__(self, url: str, token: str) -> None:
        """Connect lazily; `url` is the address people use in the browser."""
        self.url = url.rstrip("/")
        self._token = token
        self._httpx = _httpx()
        self._http = self._httpx.Client(base_url=self.url, timeout=TIMEOUT_SECONDS)
        self._authorized = False

    def __repr__(self) -> str:
        return f"Client({self.url!r})"  # never the token

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def whoami(self) -> dict[str, Any]:
        """Return our own account: `id`, `email`, ..."""
        account: dict[str, Any] = self.call("GET", "/api/current-user/whoami")
        return account

    def member(self) -> dict[str, Any]:
        """Return our own account; raise where it belongs to no organisation, and so sees nothing.

        Such an account is not refused: it is shown a server without projects, and what it makes
        there nobody else sees.
        """
        account = self.whoami()
        if account.get("active_organization") is None:
            raise InputError(
                f"{self.url}: account {account['id']} has no rights here: it belongs to no "
                f"organisation; ask the server's administrator for an invitation"
            )
        return account

    def users(self) -> dict[str, int]:
        """Return the number of each member of our organisation by address."""
        return {u["email"]: u["id"] for u in self.call("GET", "/api/users/")}

    def projects(self) -> dict[str, dict[str, Any]]:
        """Return all projects by title."""
        found: dict[str, dict[str, Any]] = {}
        page = 1
        while True:
            answer = self.call("GET", "/api/projects/", params={"page_size": 100, "page": page})
            found |= {p["title"]: p for p in answer["results"]}
            if not answer["next"]:
                return found
            page += 1

    def project(self, number: int) -> dict[str, Any]:
        """Return a project."""
        found: dict[str, Any] = self.call("GET", f"/api/projects/{number}/")
        return found

    def create_project(self, title: str, **values: Any) -> dict[str, Any]:
        """Make a project."""
        body = {"title": title, **values}
        made: dict[str, Any] = self.call("POST", "/api/projects/", json=body)
        return made

    def update_project(self, number: int, **values: Any) -> None:
        """Change values of a project."""
        self.call("PATCH", f"/api/projects/{number}/", json=values)

    def import_tasks(self, project: int, tasks: Sequence[dict[str, Any]]) -> list[int]:
        """Send tasks with their predictions; return their numbers, in order."""
        place = f"/api/projects/{project}/import"
        answer = self.call("POST", place, params={"return_task_ids": "true"}, json=list(tasks))
        numbers: list[int] = answer["task_ids"]
        return numbers

    def update_task(self, number: int, **told: str) -> None:
        """Put values into the data of a task, beside those it has."""
        there = self.call("GET", f"/api/tasks/{number}/")["data"]
        self.call("PATCH", f"/api/tasks/{number}/", json={"data": {**there, **told}})

    def delete_task(self, number: int) -> None:
        """Delete a task."""
        self.call("DELETE", f"/api/tasks/{number}/")

    def tasks(
        self, project: int, *rules: tuple[str, str, str, Any], include: str = "id"
    ) -> Iterator[dict[str, Any]]:
        """Yield the tasks that fit all rules, (column, operator, kind, value), with some fields."""
        query: dict[str, Any] = {"ordering": ["tasks:id"]}
        items = [
            {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}
            for column, operator, kind, value in rules
        ]
        if items:
            query["filters"] = {"conjunction": "and", "items": items}
        page, seen = 1, 0
        while True:
            answer = self.call(
                "GET",
                "/api/tasks/",
                params={
                    "project": project, "page": page, "page_size": PAGE_SIZE,
                    "fields": "task_only", "include": include, "query": json.dumps(query),
                },
            )  # fmt: skip
            yield from answer["tasks"]
            seen += len(answer["tasks"])
            if seen >= answer["total"] or not answer["tasks"]:
                return
            page += 1

    def export(self, project: int, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return tasks by their numbers, with all their annotations."""
        found: list[dict[str, Any]] = []
        for start in range(0, len(numbers), EXPORT_IDS):
            ids = numbers[start : start + EXPORT_IDS]
            params = [("exportType", "JSON"), ("download_all_tasks", "true")]
            params += [("ids[]", str(n)) for n in ids]
            found += self.call("GET", f"/api/projects/{project}/export", params=params)
        return found

    def invitation(self) -> str:
        """Return the address by which a reviewer makes an account."""
        link: str = self.call("GET", "/api/invite")["invite_url"]
        return link if link.startswith("http") else self.url + link

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Ask once and return the JSON; raise what a user can mend in one line."""
        answer = self._send(method, path, **more)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and "." in self._token:
            self._authorized = False  # a short-lived token ran out
            answer = self._send(method, path, **more)
        if answer.is_error:
            raise self._refused(method, path, answer)
        if answer.status_code == HTTPStatus.NO_CONTENT:
            return None
        return self._json(path, answer)

    def _send(self, method: str, path: str, **more: Any) -> "httpx.Response":
        try:
            if not self._authorized:
                self._http.headers["Authorization"] = self._authorization()
                self._authorized = True
            answer: httpx.Response = self._http.request(method, path, **more)
        except self._httpx.HTTPError as error:
            raise ServerAway(
                f"{self.url}: the server does not answer ({type(error).__name__}); what was "
                f"confirmed is kept: start it again and repeat the command"
            ) from None
        return answer

    def _authorization(self) -> str:
        if self._token.count(".") != PERSONAL_TOKEN_DOTS:
            return f"Token {self._token}"
        answer = self._http.post("/api/token/refresh/", json={"refresh": self._token})
        if answer.is_error:
            raise self._refused("POST", "/api/token/refresh/", answer)
        return f"Bearer {self._json('/api/token/refresh/', answer)['access']}"

    def _json(self, path: str, answer: "httpx.Response") -> Any:
        kind = answer.headers.get("content-type", "")
        try:
            return answer.json()
        except ValueError:
            raise InputError(
                f"{self.url}{path}: JSON was expected and {kind or 'nothing'} came; is this the "
                f"address of Label Studio itself, not of a login page or proxy?"
            ) from None

    def _refused(self, method: str, path: str, answer: "httpx.Response") -> InputError:
        where = f"{self.url}{path}"
        match answer.status_code:
            case 401:
                return InputError(
                    f"{where}: the token is refused (expired, revoked, or of another server); "
                    f"make a new one under Account & Settings and set LABEL_STUDIO_API_KEY"
                )
            case 403:
                return InputError(
                    f"{where}: this account has no right to {method} here; ask the server's "
                    f"administrator, or use an account of the organisation"
                )
            case 404:
                return InputError(
                    f"{where}: not there, or not for this account to see; was the project deleted "
                    f"on the server?"
                )
            case status:
                return InputError(f"{where}: the server answered {status}: {_reason(answer)}")


def _httpx() -> ModuleType:
    try:
        import httpx
    except ImportError as error:
        raise InputError("reviewing needs more packages: pip install -e '.[review]'") from error
    return httpx


def _reason(answer: "httpx.Response") -> str:
    try:
        body = answer.json()
    except ValueError:
        return answer.reason_phrase
    reason = body.get("validation_errors") or body.get("detail") if isinstance(body, dict) else body
    return " ".join(str(reason).split())[:300]
