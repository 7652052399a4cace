# Stack dev-foundation, for review. Terraform reads stacks/dev-foundation/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "dev/foundation"
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
    "cost-center" = "beep-dev"
    environment   = "dev"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-dev-example"
  region  = "us-central1"
}

# dev-foundation/network/connector
resource "google_vpc_access_connector" "network_connector" {
  ip_cidr_range = "10.8.0.0/28"
  machine_type  = "e2-micro"
  max_instances = 3
  min_instances = 2
  name          = "beep-dev"
  network       = google_compute_network.network_vpc.name
  region        = "us-central1"
}

# dev-foundation/network/deny-ingress
resource "google_compute_firewall" "network_deny_ingress" {
  description   = "What no other rule allows is refused, and logged"
  direction     = "INGRESS"
  name          = "beep-dev-deny-ingress"
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

# dev-foundation/network/private-zone
resource "google_dns_managed_zone" "network_private_zone" {
  description = "Names of the databases, so that a restored one needs one new record"
  dns_name    = "dev.beep.internal."
  name        = "beep-dev-internal"
  visibility  = "private"

  private_visibility_config {
    networks {
      network_url = google_compute_network.network_vpc.id
    }
  }
}

# dev-foundation/network/service-connection
resource "google_service_networking_connection" "network_service_connection" {
  network                 = google_compute_network.network_vpc.id
  reserved_peering_ranges = [google_compute_global_address.network_service_range.name]
  service                 = "servicenetworking.googleapis.com"
  update_on_creation_fail = true

  lifecycle {}
}

# dev-foundation/network/service-range
resource "google_compute_global_address" "network_service_range" {
  address       = "10.20.0.0"
  address_type  = "INTERNAL"
  name          = "beep-dev-services"
  network       = google_compute_network.network_vpc.id
  prefix_length = 20
  purpose       = "VPC_PEERING"

  lifecycle {}
}

# dev-foundation/network/subnet
resource "google_compute_subnetwork" "network_subnet" {
  ip_cidr_range            = "10.10.0.0/24"
  name                     = "beep-dev"
  network                  = google_compute_network.network_vpc.id
  private_ip_google_access = true
  region                   = "us-central1"
}

# dev-foundation/network/vpc
resource "google_compute_network" "network_vpc" {
  auto_create_subnetworks = false
  name                    = "beep-dev"
  routing_mode            = "REGIONAL"

  lifecycle {}

  depends_on = [
    google_project_service.project_services_compute,
    google_project_service.project_services_dns,
    google_project_service.project_services_servicenetworking,
    google_project_service.project_services_vpcaccess,
  ]
}

# dev-foundation/project-services/artifactregistry
resource "google_project_service" "project_services_artifactregistry" {
  disable_on_destroy = false
  service            = "artifactregistry.googleapis.com"
}

# dev-foundation/project-services/billingbudgets
resource "google_project_service" "project_services_billingbudgets" {
  disable_on_destroy = false
  service            = "billingbudgets.googleapis.com"
}

# dev-foundation/project-services/certificatemanager
resource "google_project_service" "project_services_certificatemanager" {
  disable_on_destroy = false
  service            = "certificatemanager.googleapis.com"
}

# dev-foundation/project-services/cloudresourcemanager
resource "google_project_service" "project_services_cloudresourcemanager" {
  disable_on_destroy = false
  service            = "cloudresourcemanager.googleapis.com"
}

# dev-foundation/project-services/compute
resource "google_project_service" "project_services_compute" {
  disable_on_destroy = false
  service            = "compute.googleapis.com"
}

# dev-foundation/project-services/dns
resource "google_project_service" "project_services_dns" {
  disable_on_destroy = false
  service            = "dns.googleapis.com"
}

# dev-foundation/project-services/iam
resource "google_project_service" "project_services_iam" {
  disable_on_destroy = false
  service            = "iam.googleapis.com"
}

# dev-foundation/project-services/iap
resource "google_project_service" "project_services_iap" {
  disable_on_destroy = false
  service            = "iap.googleapis.com"
}

# dev-foundation/project-services/logging
resource "google_project_service" "project_services_logging" {
  disable_on_destroy = false
  service            = "logging.googleapis.com"
}

# dev-foundation/project-services/monitoring
resource "google_project_service" "project_services_monitoring" {
  disable_on_destroy = false
  service            = "monitoring.googleapis.com"
}

# dev-foundation/project-services/pubsub
resource "google_project_service" "project_services_pubsub" {
  disable_on_destroy = false
  service            = "pubsub.googleapis.com"
}

# dev-foundation/project-services/redis
resource "google_project_service" "project_services_redis" {
  disable_on_destroy = false
  service            = "redis.googleapis.com"
}

# dev-foundation/project-services/run
resource "google_project_service" "project_services_run" {
  disable_on_destroy = false
  service            = "run.googleapis.com"
}

# dev-foundation/project-services/secretmanager
resource "google_project_service" "project_services_secretmanager" {
  disable_on_destroy = false
  service            = "secretmanager.googleapis.com"
}

# dev-foundation/project-services/servicenetworking
resource "google_project_service" "project_services_servicenetworking" {
  disable_on_destroy = false
  service            = "servicenetworking.googleapis.com"
}

# dev-foundation/project-services/sqladmin
resource "google_project_service" "project_services_sqladmin" {
  disable_on_destroy = false
  service            = "sqladmin.googleapis.com"
}

# dev-foundation/project-services/storage
resource "google_project_service" "project_services_storage" {
  disable_on_destroy = false
  service            = "storage.googleapis.com"
}

# dev-foundation/project-services/vpcaccess
resource "google_project_service" "project_services_vpcaccess" {
  disable_on_destroy = false
  service            = "vpcaccess.googleapis.com"
}

# dev-foundation/public-dns/caa
resource "google_dns_record_set" "public_dns_caa" {
  managed_zone = google_dns_managed_zone.public_dns_zone.name
  name         = "dev.example.com."
  rrdatas      = ["0 issue \"letsencrypt.org\"", "0 issue \"pki.goog\""]
  ttl          = 300
  type         = "CAA"
}

# dev-foundation/public-dns/zone
resource "google_dns_managed_zone" "public_dns_zone" {
  description = "Public names below dev.example.com"
  dns_name    = "dev.example.com."
  name        = "beep-dev-public"
  visibility  = "public"

  dnssec_config {
    state = "on"
  }

  lifecycle {}

  depends_on = [google_project_service.project_services_dns]
}

# dev-foundation/secrets/beep-alchemy-password
resource "google_secret_manager_secret" "secrets_beep_alchemy_password" {
  deletion_protection = false
  secret_id           = "beep-alchemy-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-alchemy-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# dev-foundation/secrets/beep-alchemy-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# dev-foundation/secrets/beep-alchemy-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_alchemy_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_alchemy_password.id
}

# dev-foundation/secrets/beep-better-auth-secret
resource "google_secret_manager_secret" "secrets_beep_better_auth_secret" {
  deletion_protection = false
  secret_id           = "beep-better-auth-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-better-auth-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# dev-foundation/secrets/beep-better-auth-secret-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# dev-foundation/secrets/beep-better-auth-secret-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_better_auth_secret_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_better_auth_secret.id
}

# dev-foundation/secrets/beep-cloud-aws-access-key-id
resource "google_secret_manager_secret" "secrets_beep_cloud_aws_access_key_id" {
  deletion_protection = false
  secret_id           = "beep-cloud-aws-access-key-id"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-cloud-aws-access-key-id-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# dev-foundation/secrets/beep-cloud-aws-access-key-id-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# dev-foundation/secrets/beep-cloud-aws-access-key-id-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_access_key_id_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_access_key_id.id
}

# dev-foundation/secrets/beep-cloud-aws-secret-access-key
resource "google_secret_manager_secret" "secrets_beep_cloud_aws_secret_access_key" {
  deletion_protection = false
  secret_id           = "beep-cloud-aws-secret-access-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-cloud-aws-secret-access-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# dev-foundation/secrets/beep-cloud-aws-secret-access-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# dev-foundation/secrets/beep-cloud-aws-secret-access-key-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_cloud_aws_secret_access_key_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_cloud_aws_secret_access_key.id
}

# dev-foundation/secrets/beep-db-pg-owner-password
resource "google_secret_manager_secret" "secrets_beep_db_pg_owner_password" {
  deletion_protection = false
  secret_id           = "beep-db-pg-owner-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-owner-password-beep-db-bootstrap
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_password_beep_db_bootstrap" {
  member    = google_service_account.service_accounts_beep_db_bootstrap.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_password.id
}

# dev-foundation/secrets/beep-db-pg-owner-password-beep-postgres
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_password_beep_postgres" {
  member    = google_service_account.service_accounts_beep_postgres.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_password.id
}

# dev-foundation/secrets/beep-db-pg-owner-password-deployer
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_password_deployer" {
  member    = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_password.id
}

# dev-foundation/secrets/beep-db-pg-owner-url
resource "google_secret_manager_secret" "secrets_beep_db_pg_owner_url" {
  deletion_protection = false
  secret_id           = "beep-db-pg-owner-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-owner-url-beep-migrate
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_owner_url_beep_migrate" {
  member    = google_service_account.service_accounts_beep_migrate.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_owner_url.id
}

# dev-foundation/secrets/beep-db-pg-password
resource "google_secret_manager_secret" "secrets_beep_db_pg_password" {
  deletion_protection = false
  secret_id           = "beep-db-pg-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# dev-foundation/secrets/beep-db-pg-password-beep-db-bootstrap
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_db_bootstrap" {
  member    = google_service_account.service_accounts_beep_db_bootstrap.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# dev-foundation/secrets/beep-db-pg-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# dev-foundation/secrets/beep-db-pg-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# dev-foundation/secrets/beep-db-pg-password-deployer
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_password_deployer" {
  member    = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_password.id
}

# dev-foundation/secrets/beep-db-pg-server-ca
resource "google_secret_manager_secret" "secrets_beep_db_pg_server_ca" {
  deletion_protection = false
  secret_id           = "beep-db-pg-server-ca"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-server-ca-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_ca_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_ca.id
}

# dev-foundation/secrets/beep-db-pg-server-ca-beep-db-bootstrap
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_ca_beep_db_bootstrap" {
  member    = google_service_account.service_accounts_beep_db_bootstrap.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_ca.id
}

# dev-foundation/secrets/beep-db-pg-server-ca-beep-migrate
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_ca_beep_migrate" {
  member    = google_service_account.service_accounts_beep_migrate.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_ca.id
}

# dev-foundation/secrets/beep-db-pg-server-ca-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_ca_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_ca.id
}

# dev-foundation/secrets/beep-db-pg-server-ca-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_ca_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_ca.id
}

# dev-foundation/secrets/beep-db-pg-server-tls
resource "google_secret_manager_secret" "secrets_beep_db_pg_server_tls" {
  deletion_protection = false
  secret_id           = "beep-db-pg-server-tls"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-server-tls-beep-postgres
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_tls_beep_postgres" {
  member    = google_service_account.service_accounts_beep_postgres.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_tls.id
}

# dev-foundation/secrets/beep-db-pg-server-tls-deployer
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_server_tls_deployer" {
  member    = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_server_tls.id
}

# dev-foundation/secrets/beep-db-pg-url
resource "google_secret_manager_secret" "secrets_beep_db_pg_url" {
  deletion_protection = false
  secret_id           = "beep-db-pg-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-db-pg-url-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# dev-foundation/secrets/beep-db-pg-url-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# dev-foundation/secrets/beep-db-pg-url-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_db_pg_url_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_db_pg_url.id
}

# dev-foundation/secrets/beep-kv-redis-password
resource "google_secret_manager_secret" "secrets_beep_kv_redis_password" {
  deletion_protection = false
  secret_id           = "beep-kv-redis-password"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-kv-redis-password-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# dev-foundation/secrets/beep-kv-redis-password-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# dev-foundation/secrets/beep-kv-redis-password-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_password_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_password.id
}

# dev-foundation/secrets/beep-kv-redis-url
resource "google_secret_manager_secret" "secrets_beep_kv_redis_url" {
  deletion_protection = false
  secret_id           = "beep-kv-redis-url"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-kv-redis-url-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# dev-foundation/secrets/beep-kv-redis-url-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# dev-foundation/secrets/beep-kv-redis-url-beep-web
resource "google_secret_manager_secret_iam_member" "secrets_beep_kv_redis_url_beep_web" {
  member    = google_service_account.service_accounts_beep_web.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_kv_redis_url.id
}

# dev-foundation/secrets/beep-liveblocks-secret-key
resource "google_secret_manager_secret" "secrets_beep_liveblocks_secret_key" {
  deletion_protection = false
  secret_id           = "beep-liveblocks-secret-key"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-liveblocks-secret-key-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_liveblocks_secret_key_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_liveblocks_secret_key.id
}

# dev-foundation/secrets/beep-liveblocks-secret-key-beep-todox
resource "google_secret_manager_secret_iam_member" "secrets_beep_liveblocks_secret_key_beep_todox" {
  member    = google_service_account.service_accounts_beep_todox.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_liveblocks_secret_key.id
}

# dev-foundation/secrets/beep-oauth-provider-github-client-id
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_github_client_id" {
  deletion_protection = false
  secret_id           = "beep-oauth-provider-github-client-id"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-oauth-provider-github-client-id-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_github_client_id_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_github_client_id.id
}

# dev-foundation/secrets/beep-oauth-provider-github-client-secret
resource "google_secret_manager_secret" "secrets_beep_oauth_provider_github_client_secret" {
  deletion_protection = false
  secret_id           = "beep-oauth-provider-github-client-secret"
  version_destroy_ttl = "604800s"

  replication {
    auto {}
  }

  depends_on = [google_project_service.project_services_secretmanager]
}

# dev-foundation/secrets/beep-oauth-provider-github-client-secret-beep-api
resource "google_secret_manager_secret_iam_member" "secrets_beep_oauth_provider_github_client_secret_beep_api" {
  member    = google_service_account.service_accounts_beep_api.member
  role      = "roles/secretmanager.secretAccessor"
  secret_id = google_secret_manager_secret.secrets_beep_oauth_provider_github_client_secret.id
}

# dev-foundation/service-accounts/beep-api
resource "google_service_account" "service_accounts_beep_api" {
  account_id   = "beep-api"
  description  = "Cloud Run workload beep-api"
  display_name = "beep-api"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-api-deployer
resource "google_service_account_iam_member" "service_accounts_beep_api_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_api.name
}

# dev-foundation/service-accounts/beep-db-bootstrap
resource "google_service_account" "service_accounts_beep_db_bootstrap" {
  account_id   = "beep-db-bootstrap"
  description  = "Cloud Run workload beep-db-bootstrap"
  display_name = "beep-db-bootstrap"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-db-bootstrap-deployer
resource "google_service_account_iam_member" "service_accounts_beep_db_bootstrap_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_db_bootstrap.name
}

# dev-foundation/service-accounts/beep-mcp
resource "google_service_account" "service_accounts_beep_mcp" {
  account_id   = "beep-mcp"
  description  = "Cloud Run workload beep-mcp"
  display_name = "beep-mcp"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-mcp-deployer
resource "google_service_account_iam_member" "service_accounts_beep_mcp_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_mcp.name
}

# dev-foundation/service-accounts/beep-migrate
resource "google_service_account" "service_accounts_beep_migrate" {
  account_id   = "beep-migrate"
  description  = "Cloud Run workload beep-migrate"
  display_name = "beep-migrate"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-migrate-deployer
resource "google_service_account_iam_member" "service_accounts_beep_migrate_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_migrate.name
}

# dev-foundation/service-accounts/beep-postgres
resource "google_service_account" "service_accounts_beep_postgres" {
  account_id   = "beep-postgres"
  description  = "Machine beep-postgres"
  display_name = "beep-postgres"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-postgres-deployer
resource "google_service_account_iam_member" "service_accounts_beep_postgres_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_postgres.name
}

# dev-foundation/service-accounts/beep-postgres-logging-logWriter
resource "google_project_iam_member" "service_accounts_beep_postgres_logging_logWriter" {
  member  = google_service_account.service_accounts_beep_postgres.member
  project = "beep-dev-example"
  role    = "roles/logging.logWriter"
}

# dev-foundation/service-accounts/beep-postgres-monitoring-metricWriter
resource "google_project_iam_member" "service_accounts_beep_postgres_monitoring_metricWriter" {
  member  = google_service_account.service_accounts_beep_postgres.member
  project = "beep-dev-example"
  role    = "roles/monitoring.metricWriter"
}

# dev-foundation/service-accounts/beep-todox
resource "google_service_account" "service_accounts_beep_todox" {
  account_id   = "beep-todox"
  description  = "Cloud Run workload beep-todox"
  display_name = "beep-todox"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-todox-deployer
resource "google_service_account_iam_member" "service_accounts_beep_todox_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_todox.name
}

# dev-foundation/service-accounts/beep-web
resource "google_service_account" "service_accounts_beep_web" {
  account_id   = "beep-web"
  description  = "Cloud Run workload beep-web"
  display_name = "beep-web"

  depends_on = [
    google_project_service.project_services_cloudresourcemanager,
    google_project_service.project_services_iam,
  ]
}

# dev-foundation/service-accounts/beep-web-deployer
resource "google_service_account_iam_member" "service_accounts_beep_web_deployer" {
  member             = "serviceAccount:deploy-dev@beep-shared-example.iam.gserviceaccount.com"
  role               = "roles/iam.serviceAccountUser"
  service_account_id = google_service_account.service_accounts_beep_web.name
}

output "dns_name_servers" {
  description = "To which the domain above has to delegate dev.example.com"
  value       = google_dns_managed_zone.public_dns_zone.name_servers
}
