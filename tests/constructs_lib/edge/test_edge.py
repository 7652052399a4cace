"""People reach the public hosts, over TLS, and reach the services in no other way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs_lib.edge.hosts import apex_redirect, candidate_hosts, public_hosts
from environments import Configuration, Environment
from tests.support import SERVICE, Stacks, of_type, strings, synthesized_with

WITH_LOAD_BALANCER = pytest.mark.parametrize("name", ["staging", "prod"])
BACKEND = "google_compute_backend_service"
GROUP = "google_compute_region_network_endpoint_group"
RULE = "google_compute_global_forwarding_rule"
MAP = "google_compute_url_map"
RECORD = "google_dns_record_set"
API_PATHS = {"/v1/*", "/api/v1/*"}
OTLP_PATH = "/otlp/*"
PAGES = {"web", "todox", "marketing"}


def _environment(configuration: Configuration, name: str) -> Environment:
    return next(e for e in configuration.environments if e.settings.environment == name)


def _hosts(configuration: Configuration, name: str) -> set[str]:
    """Return every host that must answer: of services, of candidates, and the domain itself."""
    settings = _environment(configuration, name).settings
    apex = apex_redirect(settings)
    led = (*public_hosts(settings), *candidate_hosts(settings), *([apex] if apex else ()))
    return {host.host for host in led}


def _routes(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    """Return the path matcher of each host."""
    routes = of_type(stacks[f"{name}-services"], MAP)["edge_routes"]
    matchers = {matcher["name"]: matcher for matcher in routes["path_matcher"]}
    return {
        host: matchers[rule["path_matcher"]]
        for rule in routes["host_rule"]
        for host in rule["hosts"]
    }


def _backend_of(reference: str) -> str:
    """Return the name in a reference such as ``${google_compute_backend_service.edge_api.id}``."""
    return reference.split(".")[1]


def _service_behind(stack: dict[str, Any], reference: str) -> tuple[str, str | None]:
    """Return the Cloud Run service, and the tag of its revision, to which a backend leads."""
    (backend,) = of_type(stack, BACKEND)[_backend_of(reference)]["backend"]
    run = of_type(stack, GROUP)[backend["group"].split(".")[1]]["cloud_run"]
    return run["service"].split(".")[1], run.get("tag")


@WITH_LOAD_BALANCER
def test_every_host_has_a_certificate_a_route_and_both_kinds_of_address(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    hosts = _hosts(configuration, name)
    foundation = stacks[f"{name}-foundation"]
    certificates = of_type(foundation, "google_certificate_manager_certificate").values()
    assert sorted(d for c in certificates for d in c["managed"]["domains"]) == sorted(hosts)
    entries = of_type(foundation, "google_certificate_manager_certificate_map_entry").values()
    assert sorted(entry["hostname"] for entry in entries) == sorted(hosts)
    assert _routes(stacks, name).keys() == hosts
    printed = stacks[f"{name}-services"].get("output", {}).get("dns_records", {}).get("value", [])
    written = of_type(stacks[f"{name}-services"], RECORD).values()
    assert {(r["name"], r["type"]) for r in (*printed, *written)} == {
        (f"{host}.", kind) for host in hosts for kind in ("A", "AAAA")
    }


@WITH_LOAD_BALANCER
def test_certificates_can_be_issued_before_any_host_leads_here(name: str, stacks: Stacks) -> None:
    foundation, services = stacks[f"{name}-foundation"], stacks[f"{name}-services"]
    for certificate in of_type(foundation, "google_certificate_manager_certificate").values():
        assert len(certificate["managed"]["dns_authorizations"]) == 1
    authorizations = of_type(foundation, "google_certificate_manager_dns_authorization")
    printed = foundation.get("output", {}).get("dns_records", {}).get("value", [])
    proofs = [text for text in strings([printed, of_type(foundation, RECORD)]) if ".data}" in text]
    assert {proof.split(".")[1] for proof in proofs} == set(authorizations)
    assert not [text for text in strings(services) if "dns_authorization" in text]
    proxy = of_type(services, "google_compute_target_https_proxy")["edge_https_proxy"]
    project = services["provider"]["google"][0]["project"]
    (certificate_map,) = of_type(foundation, "google_certificate_manager_certificate_map").values()
    assert proxy["certificate_map"] == (
        f"//certificatemanager.googleapis.com/projects/{project}/locations/global"
        f"/certificateMaps/{certificate_map['name']}"
    )


@WITH_LOAD_BALANCER
def test_both_sides_of_the_balancer_are_of_the_same_generation(name: str, stacks: Stacks) -> None:
    services = stacks[f"{name}-services"]
    for kind in (BACKEND, RULE):
        schemes = {part["load_balancing_scheme"] for part in of_type(services, kind).values()}
        assert schemes == {"EXTERNAL_MANAGED"}


@WITH_LOAD_BALANCER
def test_each_address_listens_for_tls_and_sends_the_rest_there(name: str, stacks: Stacks) -> None:
    services = stacks[f"{name}-services"]
    addresses = of_type(services, "google_compute_global_address")
    assert {a["ip_version"] for a in addresses.values()} == {"IPV4", "IPV6"}
    listening = {
        (rule["ip_address"].split(".")[1], rule["port_range"], rule["target"].split(".")[0])
        for rule in of_type(services, RULE).values()
    }
    assert listening == {
        (address, port, f"${{google_compute_target_{proxy}_proxy")
        for address in addresses
        for port, proxy in (("443", "https"), ("80", "http"))
    }
    plain = of_type(services, "google_compute_target_http_proxy")["edge_http_proxy"]
    redirect = of_type(services, MAP)[plain["url_map"].split(".")[1]]
    assert "default_service" not in redirect
    assert "path_matcher" not in redirect
    assert redirect["default_url_redirect"]["https_redirect"] is True
    assert redirect["default_url_redirect"]["strip_query"] is False


@WITH_LOAD_BALANCER
def test_old_versions_of_tls_are_refused(name: str, stacks: Stacks) -> None:
    services = stacks[f"{name}-services"]
    (policy,) = of_type(services, "google_compute_ssl_policy").values()
    assert (policy["profile"], policy["min_tls_version"]) == ("MODERN", "TLS_1_2")
    (proxy,) = of_type(services, "google_compute_target_https_proxy").values()
    assert proxy["ssl_policy"] == "${google_compute_ssl_policy.edge_ssl_policy.id}"


@WITH_LOAD_BALANCER
def test_a_page_finds_the_api_at_its_own_host(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    services = stacks[f"{name}-services"]
    routes = _routes(stacks, name)
    for public in public_hosts(_environment(configuration, name).settings):
        here = routes[public.host]
        run = f"cloud_run_beep_{public.workload}".replace("-", "_")
        assert _service_behind(services, here["default_service"]) == (run, None)
        paths = {
            path: _service_behind(services, rule["service"])
            for rule in here.get("path_rule", [])
            for path in rule["paths"]
        }
        to_the_api = {path for path, behind in paths.items() if path in API_PATHS}
        assert to_the_api == (API_PATHS if public.workload in PAGES else set())
        assert {paths[path] for path in to_the_api} <= {("cloud_run_beep_api", None)}
        to_the_collector = paths.get(OTLP_PATH)
        expected = ("cloud_run_beep_otel_collector", None) if public.workload in PAGES else None
        assert to_the_collector == expected


@WITH_LOAD_BALANCER
def test_the_collector_sees_the_paths_at_which_it_listens(name: str, stacks: Stacks) -> None:
    routes = of_type(stacks[f"{name}-services"], MAP)["edge_routes"]
    rewriting = {
        (host, *rule["paths"]): rule["route_action"]
        for host, matcher in _routes(stacks, name).items()
        for rule in matcher.get("path_rule", [])
        if "route_action" in rule
    }
    assert {path for _, path in rewriting} == {OTLP_PATH}
    for (host, path), action in rewriting.items():
        assert action == {"url_rewrite": {"path_prefix_rewrite": "/"}}
        # Google rewrites, and refuses the map if what comes out is another URL.
        (test,) = (
            test
            for test in routes["test"]
            if (test["host"], test["path"]) == (host, path.replace("*", "test"))
        )
        assert test["expected_output_url"] == f"https://{host}/test"


@WITH_LOAD_BALANCER
def test_a_candidate_host_leads_to_the_tagged_revision_only(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    services = stacks[f"{name}-services"]
    candidates = candidate_hosts(_environment(configuration, name).settings)
    assert candidates
    for candidate in candidates:
        here = _routes(stacks, name)[candidate.host]
        run = f"cloud_run_beep_{candidate.workload}"
        assert _service_behind(services, here["default_service"]) == (run, "candidate")
    tagged = [group for group in of_type(services, GROUP).values() if "tag" in group["cloud_run"]]
    assert len(tagged) == len(candidates)


@WITH_LOAD_BALANCER
def test_a_host_that_nobody_knows_gets_no_service(name: str, stacks: Stacks) -> None:
    routes = of_type(stacks[f"{name}-services"], MAP)["edge_routes"]
    assert "default_service" not in routes
    assert routes["default_url_redirect"]["host_redirect"].startswith("app.")
    assert all("*" not in host for rule in routes["host_rule"] for host in rule["hosts"])
    entries = of_type(
        stacks[f"{name}-foundation"], "google_certificate_manager_certificate_map_entry"
    )
    assert all("matcher" not in entry for entry in entries.values())


@WITH_LOAD_BALANCER
def test_google_itself_tries_every_route_before_it_takes_effect(name: str, stacks: Stacks) -> None:
    routes = of_type(stacks[f"{name}-services"], MAP)["edge_routes"]
    tried = {(test["host"], test["path"], test.get("service")) for test in routes["test"]}
    for host, matcher in _routes(stacks, name).items():
        if "default_service" not in matcher:
            assert (host, "/test", None) in tried
            continue
        assert (host, "/", matcher["default_service"]) in tried
        for rule in matcher.get("path_rule", []):
            for path in rule["paths"]:
                assert (host, path.replace("*", "test"), rule["service"]) in tried


@WITH_LOAD_BALANCER
def test_nothing_is_stated_that_a_serverless_backend_refuses(name: str, stacks: Stacks) -> None:
    for backend in of_type(stacks[f"{name}-services"], BACKEND).values():
        refused = {"timeout_sec", "health_checks", "port_name", "session_affinity"}
        assert not refused & backend.keys()
        assert [part.keys() for part in backend["backend"]] == [{"group"}]


@WITH_LOAD_BALANCER
def test_every_request_is_logged_and_passes_by_cloud_armor(name: str, stacks: Stacks) -> None:
    for backend in of_type(stacks[f"{name}-services"], BACKEND).values():
        assert backend["security_policy"].startswith("${google_compute_security_policy.")
        assert backend["log_config"] == {"enable": True, "sample_rate": 1}


def test_services_behind_the_balancer_answer_nowhere_else(stacks: Stacks, tmp_path: Path) -> None:
    def ingress(of: Stacks, name: str) -> set[str]:
        return {service["ingress"] for service in of_type(of[f"{name}-services"], SERVICE).values()}

    for name in ("staging", "prod"):
        assert ingress(stacks, name) == {"INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"}
    assert ingress(stacks, "dev") == {"INGRESS_TRAFFIC_ALL"}
    moving = synthesized_with(tmp_path, ("prod", "cdn = true", "restrict_ingress = false"))
    assert ingress(moving, "prod") == {"INGRESS_TRAFFIC_ALL"}
    limits = moving["prod-services"]["output"]["limits"]["value"]
    assert any("pass by Cloud Armor" in limit for limit in limits)


def test_a_service_that_is_not_public_stays_callable_by_those_whom_iam_lets(tmp_path: Path) -> None:
    closed = synthesized_with(
        tmp_path, ("prod", "cpu = 4", "cpu = 4\nallow_unauthenticated = false")
    )
    services = of_type(closed["prod-services"], SERVICE)
    assert services["cloud_run_beep_api"]["ingress"] == "INGRESS_TRAFFIC_ALL"
    assert services["cloud_run_beep_web"]["ingress"] == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    behind = [g["cloud_run"]["service"] for g in of_type(closed["prod-services"], GROUP).values()]
    assert not [service for service in behind if "beep_api" in service]


def test_only_hashed_files_are_cached(stacks: Stacks) -> None:
    services = stacks["prod-services"]
    cached = {name for name, b in of_type(services, BACKEND).items() if b["enable_cdn"]}
    assert cached == {f"edge_{site}_static" for site in ("web", "todox", "marketing")}
    for host, matcher in _routes(stacks, "prod").items():
        if "default_service" not in matcher:
            continue
        assert _backend_of(matcher["default_service"]) not in cached, host
        for rule in matcher.get("path_rule", []):
            is_cached = _backend_of(rule["service"]) in cached
            assert is_cached == (rule["paths"] == ["/_next/static/*"])
    for name in cached:
        policy = of_type(services, BACKEND)[name]["cdn_policy"]
        assert policy["cache_mode"] == "USE_ORIGIN_HEADERS"
        # A release in progress answers 404 for the files of the other revision.
        assert policy["negative_caching"] is False
    assert not any(b["enable_cdn"] for b in of_type(stacks["staging-services"], BACKEND).values())


def test_a_candidate_is_never_seen_through_a_cache(tmp_path: Path) -> None:
    candidate = 'api = "candidate-api.example.com"'
    after = synthesized_with(tmp_path, ("prod", candidate, 'web = "candidate-app.example.com"'))
    here = _routes(after, "prod")["candidate-app.example.com"]
    assert _service_behind(after["prod-services"], here["default_service"])[1] == "candidate"
    assert {path for rule in here["path_rule"] for path in rule["paths"]} == {
        *API_PATHS,
        OTLP_PATH,
    }


def test_what_is_in_use_is_replaced_before_it_is_removed(stacks: Stacks) -> None:
    kinds = {
        "prod-services": (BACKEND, GROUP, MAP, "google_compute_ssl_policy",
                          "google_compute_security_policy"),
        "prod-foundation": ("google_certificate_manager_certificate",
                            "google_certificate_manager_certificate_map_entry",
                            "google_certificate_manager_dns_authorization"),
    }  # fmt: skip
    for stack, types in kinds.items():
        for kind in types:
            parts = of_type(stacks[stack], kind)
            assert parts
            for address, part in parts.items():
                assert part["lifecycle"]["create_before_destroy"] is True, address


def test_a_new_host_gets_a_certificate_of_another_name(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path, ("prod", 'todox = "todox.example.com"', 'todox = "do.example.com"')
    )
    kind = "google_certificate_manager_certificate"
    old, new = (of_type(s["prod-foundation"], kind)["certificates_todox"] for s in (stacks, after))
    assert old["name"] != new["name"]


def test_what_others_hold_on_to_cannot_be_lost(stacks: Stacks) -> None:
    held = [
        *of_type(stacks["prod-services"], "google_compute_global_address").values(),
        *of_type(stacks["prod-foundation"], "google_dns_managed_zone").values(),
        *of_type(stacks["prod-foundation"], "google_certificate_manager_certificate_map").values(),
    ]
    assert len(held) == 4
    for part in held:
        assert part["lifecycle"]["prevent_destroy"] is True


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_the_zone_is_signed_and_names_who_may_certify(name: str, stacks: Stacks) -> None:
    foundation = stacks[f"{name}-foundation"]
    zone = of_type(foundation, "google_dns_managed_zone")["public_dns_zone"]
    assert zone["visibility"] == "public"
    assert zone["dnssec_config"] == {"state": "on"}
    caa = of_type(foundation, RECORD)["public_dns_caa"]
    assert (caa["name"], caa["type"]) == (zone["dns_name"], "CAA")
    assert '0 issue "pki.goog"' in caa["rrdatas"]
    assert "dns_name_servers" in foundation["output"]


def test_hosts_lead_here_only_once_somebody_listens(stacks: Stacks) -> None:
    rules = {f"{RULE}.{name}" for name in of_type(stacks["prod-services"], RULE) if "https" in name}
    assert rules
    records = of_type(stacks["prod-services"], RECORD)
    for record in records.values():
        assert record["managed_zone"] == "beep-prod-public"
        assert rules <= set(record["depends_on"])


def test_without_a_zone_every_record_is_an_output(stacks: Stacks) -> None:
    assert not of_type(stacks["staging-services"], RECORD)
    first = stacks["staging-foundation"]["output"]["dns_records"]
    last = stacks["staging-services"]["output"]["dns_records"]
    assert "before the hosts point here" in first["description"]
    assert "turn the traffic" in last["description"]
    assert all(record["data"] for record in (*first["value"], *last["value"]))


def test_domain_mappings_lead_each_host_to_its_service(stacks: Stacks) -> None:
    services = stacks["dev-services"]
    mappings = of_type(services, "google_cloud_run_domain_mapping")
    assert {m["name"]: m["spec"]["route_name"].split(".")[1] for m in mappings.values()} == {
        "api.dev.example.com": "cloud_run_beep_api",
        "app.dev.example.com": "cloud_run_beep_web",
        "todox.dev.example.com": "cloud_run_beep_todox",
    }
    for mapping in mappings.values():
        assert mapping["metadata"]["namespace"] == services["provider"]["google"][0]["project"]
    records = of_type(services, RECORD).values()
    assert {r["name"].rstrip(".") for r in records} == {m["name"] for m in mappings.values()}
    assert {(r["type"], *r["rrdatas"]) for r in records} == {("CNAME", "ghs.googlehosted.com.")}
    assert not of_type(services, BACKEND)


def test_the_limits_of_domain_mappings_are_an_output_for_the_reviewer(stacks: Stacks) -> None:
    limits = " ".join(stacks["dev-services"]["output"]["limits"]["value"])
    for limit in (
        "not for production",
        "verified owner",
        "no Cloud Armor",
        "content security policy",
        "allow up to a day",
    ):
        assert limit in limits
    assert "limits" not in stacks["prod-services"]["output"]
    assert "domain" not in str(stacks["staging-services"]["output"]["limits"]["value"])


@WITH_LOAD_BALANCER
def test_every_probed_host_is_routed(name: str, stacks: Stacks) -> None:
    checks = of_type(stacks[f"{name}-monitoring"], "google_monitoring_uptime_check_config")
    probed = {check["monitored_resource"]["labels"]["host"] for check in checks.values()}
    assert probed
    assert probed <= _routes(stacks, name).keys()


def test_the_domain_itself_leads_to_the_host_of_a_web_application(stacks: Stacks) -> None:
    services, foundation = stacks["prod-services"], stacks["prod-foundation"]
    routes = of_type(services, "google_compute_url_map")["edge_routes"]
    (matcher,) = [m for m in routes["path_matcher"] if m["name"] == "apex"]
    redirect = matcher["default_url_redirect"]
    assert redirect["host_redirect"] == "www.example.com"
    assert redirect["strip_query"] is False
    assert {"hosts": ["example.com"], "path_matcher": "apex"} in routes["host_rule"]
    records = of_type(services, "google_dns_record_set")
    assert {records[f"edge_apex_{kind}"]["name"] for kind in ("host", "ipv6")} == {"example.com."}
    # Without a certificate a browser would never see the redirect.
    certificates = of_type(foundation, "google_certificate_manager_certificate")
    assert certificates["certificates_apex"]["managed"]["domains"] == ["example.com"]


def test_a_zone_holds_what_the_domain_needs_besides(stacks: Stacks) -> None:
    records = of_type(stacks["prod-foundation"], "google_dns_record_set")
    assert records["public_dns_record_apex_mx"]["rrdatas"] == ["10 mail.example.net."]
    dmarc = records["public_dns_record_dmarc_txt"]
    assert (dmarc["name"], dmarc["type"]) == ("_dmarc.example.com.", "TXT")
    assert '0 iodef "mailto:platform@example.com"' in records["public_dns_caa"]["rrdatas"]
