"""Requests to buckets signed with the user's own AWS credentials, where the user asks for it: ``ANNOPIPE_S3_SIGNED=1``.

Credentials are found where Amazon's tools find them (environment, ``~/.aws``, ``AWS_PROFILE``, single sign-on, roles of
machines and containers), by botocore, which is imported with the first signed request. What is sent is a signature of
each request (Signature Version 4), never a key.
"""

import os
from functools import cache
from typing import Any, Final

from annopipe.errors import FetchDenied, MissingExtra
from annopipe.hub.offline import TRUE

SWITCH: Final = "ANNOPIPE_S3_SIGNED"
USUAL_REGION: Final = "us-east-1"
BUCKET_REGION: Final = "x-amz-bucket-region"
"""Header in which Amazon tells where a bucket is, with refusals, too."""


def is_wanted() -> bool:
    """Tell whether the user wants requests to buckets to be signed."""
    return os.environ.get(SWITCH, "").strip().lower() in TRUE


def signature(method: str, url: str, region: str | None = None) -> dict[str, str]:
    """Return the headers that sign a request without a body.

    Args:
        method, url: of the request.
        region: of the bucket; by default that of the environment or the profile, else ``us-east-1``.

    Raises:
        MissingExtra: botocore is not installed.
        FetchDenied: there are no credentials, or they cannot be had.
    """
    try:
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise MissingExtra(
            f"{SWITCH} wants requests to be signed: pip install 'annopipe[s3]' brings botocore"
        ) from error
    try:
        session = _session(os.environ.get("AWS_PROFILE"))
        credentials = session.get_credentials()
        if credentials is None:
            raise FetchDenied(_without("there are none"))
        region = region or os.environ.get("AWS_REGION") or session.get_config_variable("region") or USUAL_REGION
        request = AWSRequest(method=method, url=url)
        S3SigV4Auth(credentials.get_frozen_credentials(), "s3", region).add_auth(request)
    except BotoCoreError as error:
        raise FetchDenied(_without(str(error))) from error
    return dict(request.headers.items())


@cache
def _session(_profile: str | None) -> Any:
    """Return botocore's session, which renews credentials that expire; one for each profile."""
    from botocore.session import get_session

    return get_session()


def _without(reason: str) -> str:
    return (
        f"{SWITCH} wants requests to be signed, but no AWS credentials were found ({reason}): set AWS_PROFILE, or "
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in with 'aws sso login'"
    )


def denied(address: str, status: int) -> FetchDenied:
    """Return the error for what a bucket does not give, with the way out."""
    place, mark, _ = address.partition("?list-type=")
    what = f"the list of {place}" if mark else address
    if is_wanted():
        return FetchDenied(
            f"{what} is not given to your AWS credentials ({status}), or is not there: they need s3:GetObject and "
            f"s3:ListBucket ('aws sts get-caller-identity' tells whose they are). Without {SWITCH} public buckets are "
            "read without an account"
        )
    return FetchDenied(
        f"{what} is not given to everybody ({status}), or is not there: for a bucket of your own set {SWITCH}=1, "
        "which signs requests with your AWS credentials (pip install 'annopipe[s3]'); or fetch it by hand, and give "
        "the file's path"
    )
