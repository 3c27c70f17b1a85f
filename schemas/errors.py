"""What can go wrong, in the words of who can mend it.

SurgchainError
  +-- InputError       a file, a folder or a row a user gave us (says what, where, what next)
  +-- ParamsError      a key or a value of params.yaml
  +-- PartialOutput    a stage could not finish its output, and says what is whole
"""


class SurgchainError(Exception):
    """Base of all that a user can cause; its message is one clear line."""


class InputError(SurgchainError):
    """A file, a folder or a row that cannot be used."""


class ParamsError(SurgchainError):
    """A key or a value of `params.yaml` that nobody knows."""


class PartialOutput(SurgchainError):  # noqa: N818  (it names what is on disk)
    """A stage ended with less than it was asked for; nothing partial stands at its output."""
