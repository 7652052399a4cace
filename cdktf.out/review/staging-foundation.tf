# Stack staging-foundation, for review. Terraform reads stacks/staging-foundation/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/foundation"
  }

  required_providers {
    google = {
      source  = "google"
      version = "6.50.0"
    }
  }
}

provider "google" {
  default_labels = {
    "cost-center" = "beep-staging"
    environment   = "staging"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-staging-example"
  region  = "us-central1"
}

# staging-foundation/certificates/api
resource "google_certificate_manager_certificate" "certificates_api" {
  name  = "beep-staging-api-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [google_certificate_manager_dns_authorization.certificates_api_authorization.id]
    domains            = ["api.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/api-authorization
resource "google_certificate_manager_dns_authorization" "certificates_api_authorization" {
  domain = "api.staging.example.com"
  name   = "beep-staging-api-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/api-candidate
resource "google_certificate_manager_certificate" "certificates_api_candidate" {
  name  = "beep-staging-candidate--api-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [
      google_certificate_manager_dns_authorization.certificates_api_candidate_authorization.id,
    ]
    domains = ["candidate-api.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/api-candidate-authorization
resource "google_certificate_manager_dns_authorization" "certificates_api_candidate_authorization" {
  domain = "candidate-api.staging.example.com"
  name   = "beep-staging-candidate--api-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/api-candidate-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_api_candidate_entry" {
  certificates = [google_certificate_manager_certificate.certificates_api_candidate.id]
  hostname     = "candidate-api.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-candidate--api-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/api-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_api_entry" {
  certificates = [google_certificate_manager_certificate.certificates_api.id]
  hostname     = "api.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-api-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/map
resource "google_certificate_manager_certificate_map" "certificates_map" {
  description = "The certificate of each public host"
  name        = "beep-staging"

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/marketing
resource "google_certificate_manager_certificate" "certificates_marketing" {
  name  = "beep-staging-www-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [
      google_certificate_manager_dns_authorization.certificates_marketing_authorization.id,
    ]
    domains = ["www.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/marketing-authorization
resource "google_certificate_manager_dns_authorization" "certificates_marketing_authorization" {
  domain = "www.staging.example.com"
  name   = "beep-staging-www-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/marketing-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_marketing_entry" {
  certificates = [google_certificate_manager_certificate.certificates_marketing.id]
  hostname     = "www.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-www-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/otel-collector
resource "google_certificate_manager_certificate" "certificates_otel_collector" {
  name  = "beep-staging-otlp-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [
      google_certificate_manager_dns_authorization.certificates_otel_collector_authorization.id,
    ]
    domains = ["otlp.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/otel-collector-authorization
resource "google_certificate_manager_dns_authorization" "certificates_otel_collector_authorization" {
  domain = "otlp.staging.example.com"
  name   = "beep-staging-otlp-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/otel-collector-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_otel_collector_entry" {
  certificates = [google_certificate_manager_certificate.certificates_otel_collector.id]
  hostname     = "otlp.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-otlp-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/todox
resource "google_certificate_manager_certificate" "certificates_todox" {
  name  = "beep-staging-todox-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [
      google_certificate_manager_dns_authorization.certificates_todox_authorization.id,
    ]
    domains = ["todox.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/todox-authorization
resource "google_certificate_manager_dns_authorization" "certificates_todox_authorization" {
  domain = "todox.staging.example.com"
  name   = "beep-staging-todox-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/todox-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_todox_entry" {
  certificates = [google_certificate_manager_certificate.certificates_todox.id]
  hostname     = "todox.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-todox-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/web
resource "google_certificate_manager_certificate" "certificates_web" {
  name  = "beep-staging-app-staging-example-com"
  scope = "DEFAULT"

  managed {
    dns_authorizations = [google_certificate_manager_dns_authorization.certificates_web_authorization.id]
    domains            = ["app.staging.example.com"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/certificates/web-authorization
resource "google_certificate_manager_dns_authorization" "certificates_web_authorization" {
  domain = "app.staging.example.com"
  name   = "beep-staging-app-staging-example-com"
  type   = "FIXED_RECORD"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [google_project_service.project_services_certificatemanager]
}

# staging-foundation/certificates/web-entry
resource "google_certificate_manager_certificate_map_entry" "certificates_web_entry" {
  certificates = [google_certificate_manager_certificate.certificates_web.id]
  hostname     = "app.staging.example.com"
  map          = google_certificate_manager_certificate_map.certificates_map.name
  name         = "beep-staging-app-staging-example-com"

  lifecycle {
    create_before_destroy = true
  }
}

# staging-foundation/data-access-logs/cloudsql
resource "google_project_iam_audit_config" "data_access_logs_cloudsql" {
  project = "beep-staging-example"
  service = "cloudsql.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/data-access-logs/iam
resource "google_project_iam_audit_config" "data_access_logs_iam" {
  project = "beep-staging-example"
  service = "iam.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/data-access-logs/iap
resource "google_project_iam_audit_config" "data_access_logs_iap" {
  project = "beep-staging-example"
  service = "iap.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/data-access-logs/secretmanager
resource "google_project_iam_audit_config" "data_access_logs_secretmanager" {
  project = "beep-staging-example"
  service = "secretmanager.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/data-access-logs/storage
resource "google_project_iam_audit_config" "data_access_logs_storage" {
  project = "beep-staging-example"
  service = "storage.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/data-access-logs/sts
resource "google_project_iam_audit_config" "data_access_logs_sts" {
  project = "beep-staging-example"
  service = "sts.googleapis.com"

  audit_log_config {
    log_type = "ADMIN_READ"
  }
  audit_log_config {
    log_type = "DATA_READ"
  }
  audit_log_config {
    log_type = "DATA_WRITE"
  }

  depends_on = [google_project_service.project_services_cloudresourcemanager]
}

# staging-foundation/database-readers/database-readers-example-com-cloudsql-instanceUser
resource "google_project_iam_member" "database_readers_database_readers_example_com_cloudsql_instanceUser" {
  member  = "group:database-readers@example.com"
  project = "beep-staging-example"
  role    = "roles/cloudsql.instanceUser"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/database-readers/database-readers-example-com-cloudsql-studioUser
resource "google_project_iam_member" "database_readers_database_readers_example_com_cloudsql_studioUser" {
  member  = "group:database-readers@example.com"
  project = "beep-staging-example"
  role    = "roles/cloudsql.studioUser"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/network/deny-ingress
resource "google_compute_firewall" "network_deny_ingress" {
  description   = "What no other rule allows is refused, and logged"
  direction     = "INGRESS"
  name          = "beep-staging-deny-ingress"
  network       = google_compute_network.network_vpc.name
  priority      = 65534
  source_ranges = ["0.0.0.0/0"]

  deny {
    protocol = "all"
  }

  log_config {
    metadata = "EXCLUDE_ALL_METADATA"
  }
}

# staging-foundation/network/dns-logs
resource "google_dns_policy" "network_dns_logs" {
  description    = "Logs what is asked of DNS inside the VPC"
  enable_logging = true
  name           = "beep-staging"

  networks {
    network_url = google_compute_network.network_vpc.id
  }
}

# staging-foundation/network/nat/address-1
resource "google_compute_address" "network_nat_address_1" {
  address_type = "EXTERNAL"
  description  = "Calls to the internet leave from here; others have it on lists"
  name         = "beep-staging-nat-1"
  region       = "us-central1"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-foundation/network/nat/gateway
resource "google_compute_router_nat" "network_nat_gateway" {
  enable_endpoint_independent_mapping = false
  min_ports_per_vm                    = 512
  name                                = "beep-staging"
  nat_ip_allocate_option              = "MANUAL_ONLY"
  nat_ips                             = [google_compute_address.network_nat_address_1.id]
  region                              = "us-central1"
  router                              = google_compute_router.network_nat_router.name
  source_subnetwork_ip_ranges_to_nat  = "LIST_OF_SUBNETWORKS"

  log_config {
    enable = true
    filter = "ERRORS_ONLY"
  }

  subnetwork {
    name                    = google_compute_subnetwork.network_subnet.id
    source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
  }
}

# staging-foundation/network/nat/router
resource "google_compute_router" "network_nat_router" {
  name    = "beep-staging"
  network = google_compute_network.network_vpc.id
  region  = "us-central1"
}

# staging-foundation/network/private-zone
resource "google_dns_managed_zone" "network_private_zone" {
  description = "Names of the databases, so that a restored one needs one new record"
  dns_name    = "staging.beep.internal."
  name        = "beep-staging-internal"
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.network_vpc.id
    }
  }
}

# staging-foundation/network/service-connection
resource "google_service_networking_connection" "network_service_connection" {
  network                 = google_compute_network.network_vpc.id
  reserved_peering_ranges = [google_compute_global_address.network_service_range.name]
  service                 = "servicenetworking.googleapis.com"
  update_on_creation_fail = true

  lifecycle {
    prevent_destroy = true
  }
}

# staging-foundation/network/service-range
resource "google_compute_global_address" "network_service_range" {
  address       = "10.20.0.0"
  address_type  = "INTERNAL"
  name          = "beep-staging-services"
  network       = google_compute_network.network_vpc.id
  prefix_length = 20
  purpose       = "VPC_PEERING"

  lifecycle {
    prevent_destroy = true
  }
}

# staging-foundation/network/subnet
resource "google_compute_subnetwork" "network_subnet" {
  ip_cidr_range            = "10.10.0.0/24"
  name                     = "beep-staging"
  network                  = google_compute_network.network_vpc.id
  private_ip_google_access = true
  region                   = "us-central1"

  log_config {
    aggregation_interval = "INTERVAL_10_MIN"
    flow_sampling        = 0.1
    metadata             = "EXCLUDE_ALL_METADATA"
  }
}

# staging-foundation/network/vpc
resource "google_compute_network" "network_vpc" {
  auto_create_subnetworks = false
  name                    = "beep-staging"
  routing_mode            = "REGIONAL"

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_compute,
    google_project_service.project_services_dns,
    google_project_service.project_services_servicenetworking,
    google_project_service.project_services_vpcaccess,
  ]
}

# staging-foundation/project-services/artifactregistry
resource "google_project_service" "project_services_artifactregistry" {
  disable_on_destroy = false
  service            = "artifactregistry.googleapis.com"
}

# staging-foundation/project-services/billingbudgets
resource "google_project_service" "project_services_billingbudgets" {
  disable_on_destroy = false
  service            = "billingbudgets.googleapis.com"
}

# staging-foundation/project-services/certificatemanager
resource "google_project_service" "project_services_certificatemanager" {
  disable_on_destroy = false
  service            = "certificatemanager.googleapis.com"
}

# staging-foundation/project-services/cloudresourcemanager
resource "google_project_service" "project_services_cloudresourcemanager" {
  disable_on_destroy = false
  service            = "cloudresourcemanager.googleapis.com"
}

# staging-foundation/project-services/compute
resource "google_project_service" "project_services_compute" {
  disable_on_destroy = false
  service            = "compute.googleapis.com"
}

# staging-foundation/project-services/dns
resource "google_project_service" "project_services_dns" {
  disable_on_destroy = false
  service            = "dns.googleapis.com"
}

# staging-foundation/project-services/iam
resource "google_project_service" "project_services_iam" {
  disable_on_destroy = false
  service            = "iam.googleapis.com"
}

# staging-foundation/project-services/iap
resource "google_project_service" "project_services_iap" {
  disable_on_destroy = false
  service            = "iap.googleapis.com"
}

# staging-foundation/project-services/logging
resource "google_project_service" "project_services_logging" {
  disable_on_destroy = false
  service            = "logging.googleapis.com"
}

# staging-foundation/project-services/monitoring
resource "google_project_service" "project_services_monitoring" {
  disable_on_destroy = false
  service            = "monitoring.googleapis.com"
}

# staging-foundation/project-services/pubsub
resource "google_project_service" "project_services_pubsub" {
  disable_on_destroy = false
  service            = "pubsub.googleapis.com"
}

# staging-foundation/project-services/redis
resource "google_project_service" "project_services_redis" {
  disable_on_destroy = false
  service            = "redis.googleapis.com"
}

# staging-foundation/project-services/run
resource "google_project_service" "project_services_run" {
  disable_on_destroy = false
  service            = "run.googleapis.com"
}

# staging-foundation/project-services/secretmanager
resource "google_project_service" "project_services_secretmanager" {
  disable_on_destroy = false
  service            = "secretmanager.googleapis.com"
}

# staging-foundation/project-services/servicenetworking
resource "google_project_service" "project_services_servicenetworking" {
  disable_on_destroy = false
  service            = "servicenetworking.googleapis.com"
}

# staging-foundation/project-services/sqladmin
resource "google_project_service" "project_services_sqladmin" {
  disable_on_destroy = false
  service            = "sqladmin.googleapis.com"
}

# staging-foundation/project-services/storage
resource "google_project_service" "project_services_storage" {
  disable_on_destroy = false
  service            = "storage.googleapis.com"
}

# staging-foundation/project-services/vpcaccess
resource "google_project_service" "project_services_vpcaccess" {
  disable_on_destroy = false
  service            = "vpcaccess.googleapis.com"
}

# staging-foundation/secrets/beep-ai-anthropic-api-key
resource "google_secret_manager_secret" "secrets_beep_ai_anthropic_api_key" {
  deletion_protection = true
  secret_id           = "beep-ai-anthropic-api-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-ai-anthropic-api-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_anthropic_api_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_anthropic_api_key.id
}

# staging-foundation/secrets/beep-ai-anthropic-api-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_anthropic_api_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_anthropic_api_key.id
}

# staging-foundation/secrets/beep-ai-anthropic-api-key-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_anthropic_api_key_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_anthropic_api_key.id
}

# staging-foundation/secrets/beep-ai-openai-api-key
resource "google_secret_manager_secret" "secrets_beep_ai_openai_api_key" {
  deletion_protection = true
  secret_id           = "beep-ai-openai-api-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-ai-openai-api-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_openai_api_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_openai_api_key.id
}

# staging-foundation/secrets/beep-ai-openai-api-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_openai_api_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_openai_api_key.id
}

# staging-foundation/secrets/beep-ai-openai-api-key-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_ai_openai_api_key_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_ai_openai_api_key.id
}

# staging-foundation/secrets/beep-alchemy-password
resource "google_secret_manager_secret" "secrets_beep_alchemy_password" {
  deletion_protection = true
  secret_id           = "beep-alchemy-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-alchemy-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# staging-foundation/secrets/beep-alchemy-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# staging-foundation/secrets/beep-alchemy-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# staging-foundation/secrets/beep-better-auth-secret
resource "google_secret_manager_secret" "secrets_beep_better_auth_secret" {
  deletion_protection = true
  secret_id           = "beep-better-auth-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-better-auth-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# staging-foundation/secrets/beep-better-auth-secret-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# staging-foundation/secrets/beep-better-auth-secret-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# staging-foundation/secrets/beep-cloud-aws-access-key-id
resource "google_secret_manager_secret" "secrets_beep_cloud_aws_access_key_id" {
  deletion_protection = true
  secret_id           = "beep-cloud-aws-access-key-id"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-cloud-aws-access-key-id-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# staging-foundation/secrets/beep-cloud-aws-access-key-id-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# staging-foundation/secrets/beep-cloud-aws-access-key-id-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# staging-foundation/secrets/beep-cloud-aws-secret-access-key
resource "google_secret_manager_secret" "secrets_beep_cloud_aws_secret_access_key" {
  deletion_protection = true
  secret_id           = "beep-cloud-aws-secret-access-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-cloud-aws-secret-access-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# staging-foundation/secrets/beep-cloud-aws-secret-access-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# staging-foundation/secrets/beep-cloud-aws-secret-access-key-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# staging-foundation/secrets/beep-cloud-google-captcha-secret-key
resource "google_secret_manager_secret" "secrets_beep_cloud_google_captcha_secret_key" {
  deletion_protection = true
  secret_id           = "beep-cloud-google-captcha-secret-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-cloud-google-captcha-secret-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_google_captcha_secret_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_google_captcha_secret_key.id
}

# staging-foundation/secrets/beep-cloud-google-captcha-site-key
resource "google_secret_manager_secret" "secrets_beep_cloud_google_captcha_site_key" {
  deletion_protection = true
  secret_id           = "beep-cloud-google-captcha-site-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-cloud-google-captcha-site-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_google_captcha_site_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_google_captcha_site_key.id
}

# staging-foundation/secrets/beep-db-pg-owner-password
resource "google_secret_manager_secret" "secrets_beep_db_pg_owner_password" {
  deletion_protection = true
  secret_id           = "beep-db-pg-owner-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-db-pg-owner-password-beep-db-bootstrap
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_password_beep_db_bootstrap" {
  member    = google_service_account.service_accounts_beep_db_bootstrap.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_password.id
}

# staging-foundation/secrets/beep-db-pg-owner-password-deployer
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_password_deployer" {
  member    = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_password.id
}

# staging-foundation/secrets/beep-db-pg-owner-url
resource "google_secret_manager_secret" "secrets_beep_db_pg_owner_url" {
  deletion_protection = true
  secret_id           = "beep-db-pg-owner-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-db-pg-owner-url-beep-migrate
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_url_beep_migrate" {
  member    = google_service_account.service_accounts_beep_migrate.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_url.id
}

# staging-foundation/secrets/beep-db-pg-password
resource "google_secret_manager_secret" "secrets_beep_db_pg_password" {
  deletion_protection = true
  secret_id           = "beep-db-pg-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-db-pg-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# staging-foundation/secrets/beep-db-pg-password-beep-db-bootstrap
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_db_bootstrap" {
  member    = google_service_account.service_accounts_beep_db_bootstrap.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# staging-foundation/secrets/beep-db-pg-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# staging-foundation/secrets/beep-db-pg-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# staging-foundation/secrets/beep-db-pg-password-deployer
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_deployer" {
  member    = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# staging-foundation/secrets/beep-db-pg-url
resource "google_secret_manager_secret" "secrets_beep_db_pg_url" {
  deletion_protection = true
  secret_id           = "beep-db-pg-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-db-pg-url-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# staging-foundation/secrets/beep-db-pg-url-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# staging-foundation/secrets/beep-db-pg-url-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# staging-foundation/secrets/beep-email-resend-api-key
resource "google_secret_manager_secret" "secrets_beep_email_resend_api_key" {
  deletion_protection = true
  secret_id           = "beep-email-resend-api-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-email-resend-api-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_email_resend_api_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_email_resend_api_key.id
}

# staging-foundation/secrets/beep-grafana-admin-password
resource "google_secret_manager_secret" "secrets_beep_grafana_admin_password" {
  deletion_protection = true
  secret_id           = "beep-grafana-admin-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-grafana-admin-password-beep-telemetry
resource "google_secret_manager_secret_iam_member" "secrets_beep_grafana_admin_password_beep_telemetry" {
  member    = google_service_account.service_accounts_beep_telemetry.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_grafana_admin_password.id
}

# staging-foundation/secrets/beep-kv-redis-password
resource "google_secret_manager_secret" "secrets_beep_kv_redis_password" {
  deletion_protection = true
  secret_id           = "beep-kv-redis-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-kv-redis-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# staging-foundation/secrets/beep-kv-redis-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# staging-foundation/secrets/beep-kv-redis-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# staging-foundation/secrets/beep-kv-redis-url
resource "google_secret_manager_secret" "secrets_beep_kv_redis_url" {
  deletion_protection = true
  secret_id           = "beep-kv-redis-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-kv-redis-url-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# staging-foundation/secrets/beep-kv-redis-url-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# staging-foundation/secrets/beep-kv-redis-url-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# staging-foundation/secrets/beep-liveblocks-secret-key
resource "google_secret_manager_secret" "secrets_beep_liveblocks_secret_key" {
  deletion_protection = true
  secret_id           = "beep-liveblocks-secret-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-liveblocks-secret-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_liveblocks_secret_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_liveblocks_secret_key.id
}

# staging-foundation/secrets/beep-liveblocks-secret-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_liveblocks_secret_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_liveblocks_secret_key.id
}

# staging-foundation/secrets/beep-oauth-provider-github-client-id
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_github_client_id" {
  deletion_protection = true
  secret_id           = "beep-oauth-provider-github-client-id"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-oauth-provider-github-client-id-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_github_client_id_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_github_client_id.id
}

# staging-foundation/secrets/beep-oauth-provider-github-client-secret
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_github_client_secret" {
  deletion_protection = true
  secret_id           = "beep-oauth-provider-github-client-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-oauth-provider-github-client-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_github_client_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_github_client_secret.id
}

# staging-foundation/secrets/beep-oauth-provider-google-client-id
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_google_client_id" {
  deletion_protection = true
  secret_id           = "beep-oauth-provider-google-client-id"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-oauth-provider-google-client-id-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_google_client_id_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_google_client_id.id
}

# staging-foundation/secrets/beep-oauth-provider-google-client-secret
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_google_client_secret" {
  deletion_protection = true
  secret_id           = "beep-oauth-provider-google-client-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-oauth-provider-google-client-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_google_client_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_google_client_secret.id
}

# staging-foundation/secrets/beep-payment-stripe-key
resource "google_secret_manager_secret" "secrets_beep_payment_stripe_key" {
  deletion_protection = true
  secret_id           = "beep-payment-stripe-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-payment-stripe-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_payment_stripe_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_payment_stripe_key.id
}

# staging-foundation/secrets/beep-payment-stripe-webhook-secret
resource "google_secret_manager_secret" "secrets_beep_payment_stripe_webhook_secret" {
  deletion_protection = true
  secret_id           = "beep-payment-stripe-webhook-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-payment-stripe-webhook-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_payment_stripe_webhook_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_payment_stripe_webhook_secret.id
}

# staging-foundation/secrets/beep-redis-server-ca
resource "google_secret_manager_secret" "secrets_beep_redis_server_ca" {
  deletion_protection = true
  secret_id           = "beep-redis-server-ca"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-redis-server-ca-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_redis_server_ca_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_redis_server_ca.id
}

# staging-foundation/secrets/beep-redis-server-ca-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_redis_server_ca_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_redis_server_ca.id
}

# staging-foundation/secrets/beep-redis-server-ca-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_redis_server_ca_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_redis_server_ca.id
}

# staging-foundation/secrets/beep-uploadthing-secret
resource "google_secret_manager_secret" "secrets_beep_uploadthing_secret" {
  deletion_protection = true
  secret_id           = "beep-uploadthing-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# staging-foundation/secrets/beep-uploadthing-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_uploadthing_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_uploadthing_secret.id
}

# staging-foundation/secrets/beep-uploadthing-secret-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_uploadthing_secret_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_uploadthing_secret.id
}

# staging-foundation/service-accounts/beep-api
resource "google_service_account" "service_accounts_beep_api" {
  account_id   = "beep-api"
  description  = "Cloud Run workload beep-api"
  display_name = "beep-api"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-api-cloudsql-client
resource "google_project_iam_member" "service_accounts_beep_api_cloudsql_client" {
  member  = google_service_account.service_accounts_beep_api.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.client"
}

# staging-foundation/service-accounts/beep-api-deployer
resource "google_service_account_iam_member" "service_accounts_beep_api_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_api.name
}

# staging-foundation/service-accounts/beep-db-bootstrap
resource "google_service_account" "service_accounts_beep_db_bootstrap" {
  account_id   = "beep-db-bootstrap"
  description  = "Cloud Run workload beep-db-bootstrap"
  display_name = "beep-db-bootstrap"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-db-bootstrap-cloudsql-client
resource "google_project_iam_member" "service_accounts_beep_db_bootstrap_cloudsql_client" {
  member  = google_service_account.service_accounts_beep_db_bootstrap.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.client"
}

# staging-foundation/service-accounts/beep-db-bootstrap-deployer
resource "google_service_account_iam_member" "service_accounts_beep_db_bootstrap_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_db_bootstrap.name
}

# staging-foundation/service-accounts/beep-marketing
resource "google_service_account" "service_accounts_beep_marketing" {
  account_id   = "beep-marketing"
  description  = "Cloud Run workload beep-marketing"
  display_name = "beep-marketing"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-marketing-deployer
resource "google_service_account_iam_member" "service_accounts_beep_marketing_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_marketing.name
}

# staging-foundation/service-accounts/beep-migrate
resource "google_service_account" "service_accounts_beep_migrate" {
  account_id   = "beep-migrate"
  description  = "Cloud Run workload beep-migrate"
  display_name = "beep-migrate"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-migrate-cloudsql-client
resource "google_project_iam_member" "service_accounts_beep_migrate_cloudsql_client" {
  member  = google_service_account.service_accounts_beep_migrate.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.client"
}

# staging-foundation/service-accounts/beep-migrate-deployer
resource "google_service_account_iam_member" "service_accounts_beep_migrate_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_migrate.name
}

# staging-foundation/service-accounts/beep-otel-collector
resource "google_service_account" "service_accounts_beep_otel_collector" {
  account_id   = "beep-otel-collector"
  description  = "Cloud Run workload beep-otel-collector"
  display_name = "beep-otel-collector"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-otel-collector-deployer
resource "google_service_account_iam_member" "service_accounts_beep_otel_collector_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_otel_collector.name
}

# staging-foundation/service-accounts/beep-pubsub-push
resource "google_service_account" "service_accounts_beep_pubsub_push" {
  account_id   = "beep-pubsub-push"
  description  = "In whose name Pub/Sub calls the API"
  display_name = "beep-pubsub-push"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-pubsub-push-deployer
resource "google_service_account_iam_member" "service_accounts_beep_pubsub_push_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_pubsub_push.name
}

# staging-foundation/service-accounts/beep-storage
resource "google_service_account" "service_accounts_beep_storage" {
  account_id   = "beep-storage"
  description  = "Owner of the HMAC key of the S3 client"
  display_name = "beep-storage"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-telemetry
resource "google_service_account" "service_accounts_beep_telemetry" {
  account_id   = "beep-telemetry"
  description  = "Machine beep-telemetry"
  display_name = "beep-telemetry"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-telemetry-deployer
resource "google_service_account_iam_member" "service_accounts_beep_telemetry_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_telemetry.name
}

# staging-foundation/service-accounts/beep-telemetry-logging-logWriter
resource "google_project_iam_member" "service_accounts_beep_telemetry_logging_logWriter" {
  member  = google_service_account.service_accounts_beep_telemetry.member
  project = "beep-staging-example"
  role    = "roles/logging.logWriter"
}

# staging-foundation/service-accounts/beep-telemetry-monitoring-metricWriter
resource "google_project_iam_member" "service_accounts_beep_telemetry_monitoring_metricWriter" {
  member  = google_service_account.service_accounts_beep_telemetry.member
  project = "beep-staging-example"
  role    = "roles/monitoring.metricWriter"
}

# staging-foundation/service-accounts/beep-todox
resource "google_service_account" "service_accounts_beep_todox" {
  account_id   = "beep-todox"
  description  = "Cloud Run workload beep-todox"
  display_name = "beep-todox"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-todox-cloudsql-client
resource "google_project_iam_member" "service_accounts_beep_todox_cloudsql_client" {
  member  = google_service_account.service_accounts_beep_todox.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.client"
}

# staging-foundation/service-accounts/beep-todox-deployer
resource "google_service_account_iam_member" "service_accounts_beep_todox_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_todox.name
}

# staging-foundation/service-accounts/beep-web
resource "google_service_account" "service_accounts_beep_web" {
  account_id   = "beep-web"
  description  = "Cloud Run workload beep-web"
  display_name = "beep-web"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# staging-foundation/service-accounts/beep-web-cloudsql-client
resource "google_project_iam_member" "service_accounts_beep_web_cloudsql_client" {
  member  = google_service_account.service_accounts_beep_web.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.client"
}

# staging-foundation/service-accounts/beep-web-deployer
resource "google_service_account_iam_member" "service_accounts_beep_web_deployer" {
  member             = "serviceAccount:deploy-staging@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_web.name
}

output "dns_records" {
  description = "To be created before the hosts point here: Google proves ownership by them, now and at each renewal"
  value = [
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_api_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_api_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_api_authorization.dns_resource_record[0].type
    },
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_web_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_web_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_web_authorization.dns_resource_record[0].type
    },
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_todox_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_todox_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_todox_authorization.dns_resource_record[0].type
    },
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_marketing_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_marketing_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_marketing_authorization.dns_resource_record[0].type
    },
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_otel_collector_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_otel_collector_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_otel_collector_authorization.dns_resource_record[0].type
    },
    {
      data = [
        google_certificate_manager_dns_authorization.certificates_api_candidate_authorization.dns_resource_record[0].data,
      ]
      name = google_certificate_manager_dns_authorization.certificates_api_candidate_authorization.dns_resource_record[0].name
      type = google_certificate_manager_dns_authorization.certificates_api_candidate_authorization.dns_resource_record[0].type
    },
  ]
}

output "egress_addresses" {
  description = "From which the services call the internet, for the lists of others"
  value       = [google_compute_address.network_nat_address_1.address]
}
