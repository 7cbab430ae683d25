"""The eight domains, in the order in which they are deployed and listed."""

from monitoring.domain import Domain
from monitoring.domains import cluster, cost, governance, inference, job, quality, query, security

DOMAINS: tuple[Domain, ...] = (
    cost.DOMAIN,
    job.DOMAIN,
    query.DOMAIN,
    cluster.DOMAIN,
    security.DOMAIN,
    quality.DOMAIN,
    governance.DOMAIN,
    inference.DOMAIN,
)
