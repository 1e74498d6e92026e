"""The public side of the keys and the lists of revoked credentials, for programs that check papers, and what organisers see of them."""

from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_crl
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.certificates.signing import published
from services.certificates.signing.credentials import MEDIA_TYPE
from services.certificates.signing.keys import ring
from services.certificates.signing.overview import shown_keys
from services.certificates.signing.service import find_key, issuer_profile, revocations
from services.certificates.web import pages
from shared.kit.access import Right
from shared.kit.clock import utc_now
from shared.kit.signing_keys import Use
from shared.kit.web.dependencies import BrowserUser, Db

# Keys change rarely, and a revoked one has to be known soon.
HEADERS = {"Cache-Control": "public, max-age=300"}
KEY_SET_EXAMPLE: dict[str, Any] = {
    "keys": [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
            "use": "sig",
            "alg": "EdDSA",
            "state": "active",
            "made_at": "2022-10-01T08:00:00+00:00",
        }
    ],
    "authority": "MIIBqTCCAU+gAwIBAgIUVjVL…",
}

router = APIRouter(prefix="/certificates", tags=["verification"])


@router.get(
    "/keys",
    summary="The keys with which papers and credentials are signed, as a JWK Set",
    responses={200: {"content": {"application/json": {"example": KEY_SET_EXAMPLE}}}},
)
def see_keys() -> JSONResponse:
    """All keys that ever signed, with their state: `active`, `retired` or `revoked`."""
    return JSONResponse(published.key_set(ring()), headers=HEADERS)


@router.get("/keys/authority.pem", include_in_schema=False)
def see_authority() -> Response:
    return _pem(ring().authority)


@router.get("/keys/documents.pem", include_in_schema=False)
def see_document_certificates() -> Response:
    """The certificates of all keys that ever signed papers, the newest first, each with those above it."""
    return _pem("".join(key.public for key in ring().keys if key.use is Use.DOCUMENT))


@router.get("/keys/revoked.crl", include_in_schema=False)
def see_revoked_certificates() -> Response:
    """In DER, as the address in a certificate promises (RFC 5280, 4.2.1.13)."""
    revoked = load_pem_x509_crl(ring().revocation_list.encode("ascii"))
    return Response(revoked.public_bytes(Encoding.DER), media_type="application/pkix-crl", headers=HEADERS)


@router.get("/keys/{kid}", include_in_schema=False)
def see_key(kid: str) -> JSONResponse:
    """The JWK that the header of a credential names."""
    return JSONResponse(published.jwk(find_key(kid)), headers=HEADERS)


@router.get("/issuers/{organisation_id}", include_in_schema=False)
def see_issuer(organisation_id: UUID, session: Db) -> JSONResponse:
    """The profile that credentials name as their issuer."""
    return JSONResponse(issuer_profile(session, organisation_id), headers=HEADERS)


@router.get("/status/{organisation_id}/{number}", include_in_schema=False)
def see_revocations(organisation_id: UUID, number: int, session: Db) -> Response:
    return Response(revocations(session, organisation_id, number), media_type=MEDIA_TYPE, headers=HEADERS)


@router.get("/signing", include_in_schema=False)
def see_signing(request: Request, person: BrowserUser) -> Response:
    """What signs the papers of the organisations of whoever asks."""
    organisations = person.organisations(Right.read)
    return pages.render(
        request,
        "signing/keys.html",
        organiser=person.name,
        keys=shown_keys(ring(), organisations, utc_now()),
        organisations=organisations,
    )


def _pem(text: str) -> Response:
    return Response(text, media_type="application/x-pem-file", headers=HEADERS)
