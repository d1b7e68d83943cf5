"""A finding as something to run: a shell script of curl and jq, and a pytest file that fails until it is mended."""

from mockserver.conformance.reproduction.files import file_name, write
from mockserver.conformance.reproduction.shell import script as curl
from mockserver.conformance.reproduction.test_file import module as pytest_file

__all__ = ["curl", "file_name", "pytest_file", "write"]
