# Stack staging-data, for review. Terraform reads stacks/staging-data/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "staging/data"
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

variable "db_app_password" {
  description = "Password of beep_app: the pinned version of beep-db-pg-password"
  ephemeral   = true
  nullable    = false
  sensitive   = true
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.~-]{24,128}$", var.db_app_password))
    error_message = "db_app_password must have 24 to 128 characters from A-Z a-z 0-9 _ . ~ and -."
  }
}

variable "db_owner_password" {
  description = "Password of beep_owner: the pinned version of beep-db-pg-owner-password"
  ephemeral   = true
  nullable    = false
  sensitive   = true
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_.~-]{24,128}$", var.db_owner_password))
    error_message = "db_owner_password must have 24 to 128 characters from A-Z a-z 0-9 _ . ~ and -."
  }
}

# staging-data/postgres/app-url
resource "google_secret_manager_secret_version" "postgres_app_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-db-pg-url"
  secret_data_wo         = "postgresql://beep_app:${var.db_app_password}@postgres.staging.beep.internal:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/postgres/database
resource "google_sql_database" "postgres_database" {
  deletion_policy = "ABANDON"
  instance        = google_sql_database_instance.postgres_instance.name
  name            = "beep"
}

# staging-data/postgres/dns-record
resource "google_dns_record_set" "postgres_dns_record" {
  managed_zone = "beep-staging-internal"
  name         = "postgres.staging.beep.internal."
  rrdatas      = [google_sql_database_instance.postgres_instance.private_ip_address]
  ttl          = 60
  type         = "A"
}

# staging-data/postgres/instance
resource "google_sql_database_instance" "postgres_instance" {
  database_version    = "POSTGRES_17"
  deletion_protection = true
  name                = "beep-staging"
  region              = "us-central1"

  settings {
    availability_type           = "ZONAL"
    connector_enforcement       = "NOT_REQUIRED"
    deletion_protection_enabled = true
    disk_autoresize             = true
    disk_autoresize_limit       = 0
    disk_type                   = "PD_SSD"
    edition                     = "ENTERPRISE"
    retain_backups_on_delete    = true
    tier                        = "db-custom-1-3840"
    user_labels = {
      "cost-center" = "beep-staging"
      environment   = "staging"
      "managed-by"  = "terraform"
      team          = "platform"
    }

    backup_configuration {
      enabled                        = true
      location                       = "us-central1"
      point_in_time_recovery_enabled = true
      start_time                     = "03:00"
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = "log_checkpoints"
      value = "on"
    }
    database_flags {
      name  = "log_connections"
      value = "on"
    }
    database_flags {
      name  = "log_disconnections"
      value = "on"
    }
    database_flags {
      name  = "log_lock_waits"
      value = "on"
    }
    database_flags {
      name  = "max_connections"
      value = "200"
    }

    insights_config {
      query_insights_enabled  = true
      query_plans_per_minute  = 5
      query_string_length     = 1024
      record_application_tags = true
      record_client_address   = false
    }

    ip_configuration {
      allocated_ip_range                            = "beep-staging-services"
      enable_private_path_for_google_cloud_services = true
      ipv4_enabled                                  = false
      private_network                               = "projects/beep-staging-example/global/networks/beep-staging"
      ssl_mode                                      = "ALLOW_UNENCRYPTED_AND_ENCRYPTED"
    }

    maintenance_window {
      day          = 7
      hour         = 4
      update_track = "stable"
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/postgres/owner
resource "google_sql_user" "postgres_owner" {
  deletion_policy     = "ABANDON"
  instance            = google_sql_database_instance.postgres_instance.name
  name                = "beep_owner"
  password_wo         = var.db_owner_password
  password_wo_version = 1
  type                = "BUILT_IN"
}

# staging-data/postgres/owner-url
resource "google_secret_manager_secret_version" "postgres_owner_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-db-pg-owner-url"
  secret_data_wo         = "postgresql://beep_owner:${var.db_owner_password}@postgres.staging.beep.internal:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/redis/instance
resource "google_redis_instance" "redis_instance" {
  auth_enabled       = true
  authorized_network = "projects/beep-staging-example/global/networks/beep-staging"
  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  memory_size_gb     = 1
  name               = "beep-staging"
  redis_configs = {
    "maxmemory-policy" = "volatile-lru"
  }
  redis_version           = "REDIS_7_2"
  region                  = "us-central1"
  reserved_ip_range       = "beep-staging-services"
  tier                    = "STANDARD_HA"
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"

      start_time {
        hours   = 4
        minutes = 0
        nanos   = 0
        seconds = 0
      }
    }
  }

  persistence_config {
    persistence_mode    = "RDB"
    rdb_snapshot_period = "TWELVE_HOURS"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# staging-data/redis/password
resource "google_secret_manager_secret_version" "redis_password" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-kv-redis-password"
  secret_data_wo         = google_redis_instance.redis_instance.auth_string
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/redis/server-ca
resource "google_secret_manager_secret_version" "redis_server_ca" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-redis-server-ca"
  secret_data_wo         = join("\n", google_redis_instance.redis_instance.server_ca_certs[*].cert)
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# staging-data/redis/url
resource "google_secret_manager_secret_version" "redis_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-staging-example/secrets/beep-kv-redis-url"
  secret_data_wo         = "rediss://:${google_redis_instance.redis_instance.auth_string}@${google_redis_instance.redis_instance.host}:${google_redis_instance.redis_instance.port}"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}
