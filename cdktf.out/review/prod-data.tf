# Stack prod-data, for review. Terraform reads stacks/prod-data/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "prod/data"
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
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project = "beep-prod-example"
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

# prod-data/postgres/app-url
resource "google_secret_manager_secret_version" "postgres_app_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-prod-example/secrets/beep-db-pg-url"
  secret_data_wo         = "postgresql://beep_app:${var.db_app_password}@127.0.0.1:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# prod-data/postgres/database
resource "google_sql_database" "postgres_database" {
  deletion_policy = "ABANDON"
  instance        = google_sql_database_instance.postgres_instance.name
  name            = "beep"
}

# prod-data/postgres/instance
resource "google_sql_database_instance" "postgres_instance" {
  database_version    = "POSTGRES_17"
  deletion_protection = true
  name                = "beep-prod"
  region              = "us-central1"

  settings {
    availability_type           = "REGIONAL"
    connector_enforcement       = "NOT_REQUIRED"
    deletion_protection_enabled = true
    disk_autoresize             = true
    disk_autoresize_limit       = 0
    disk_size                   = 100
    disk_type                   = "PD_SSD"
    edition                     = "ENTERPRISE"
    retain_backups_on_delete    = true
    tier                        = "db-custom-4-15360"
    user_labels = {
      "cost-center" = "beep-prod"
      environment   = "prod"
      "managed-by"  = "terraform"
      team          = "platform"
    }

    backup_configuration {
      enabled                        = true
      location                       = "us"
      point_in_time_recovery_enabled = true
      start_time                     = "03:00"
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 30
        retention_unit   = "COUNT"
      }
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
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
      name  = "log_min_duration_statement"
      value = "-1"
    }
    database_flags {
      name  = "maintenance_work_mem"
      value = "983040"
    }
    database_flags {
      name  = "max_connections"
      value = "400"
    }

    insights_config {
      query_insights_enabled  = true
      query_plans_per_minute  = 5
      query_string_length     = 1024
      record_application_tags = true
      record_client_address   = false
    }

    ip_configuration {
      allocated_ip_range                            = "beep-prod-services"
      enable_private_path_for_google_cloud_services = true
      ipv4_enabled                                  = false
      private_network                               = "projects/beep-prod-example/global/networks/beep-prod"
      ssl_mode                                      = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }

    maintenance_window {
      day          = 7
      hour         = 4
      update_track = "week5"
    }
  }

  lifecycle {
    ignore_changes  = [settings[0].disk_size]
    prevent_destroy = true
  }
}

# prod-data/postgres/owner
resource "google_sql_user" "postgres_owner" {
  deletion_policy     = "ABANDON"
  instance            = google_sql_database_instance.postgres_instance.name
  name                = "beep_owner"
  password_wo         = var.db_owner_password
  password_wo_version = 1
  type                = "BUILT_IN"
}

# prod-data/postgres/owner-url
resource "google_secret_manager_secret_version" "postgres_owner_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-prod-example/secrets/beep-db-pg-owner-url"
  secret_data_wo         = "postgresql://beep_owner:${var.db_owner_password}@127.0.0.1:5432/beep"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# prod-data/postgres/readers-database-readers-example-com
resource "google_sql_user" "postgres_readers_database_readers_example_com" {
  instance = google_sql_database_instance.postgres_instance.name
  name     = "database-readers@example.com"
  type     = "CLOUD_IAM_GROUP"
}

# prod-data/postgres/replica
resource "google_sql_database_instance" "postgres_replica" {
  database_version     = "POSTGRES_17"
  deletion_protection  = true
  master_instance_name = google_sql_database_instance.postgres_instance.name
  name                 = "beep-prod-replica"
  region               = "us-east1"

  settings {
    availability_type           = "ZONAL"
    connector_enforcement       = "NOT_REQUIRED"
    deletion_protection_enabled = true
    disk_autoresize             = true
    disk_autoresize_limit       = 0
    disk_size                   = 100
    disk_type                   = "PD_SSD"
    edition                     = "ENTERPRISE"
    tier                        = "db-custom-4-15360"
    user_labels = {
      "cost-center" = "beep-prod"
      environment   = "prod"
      "managed-by"  = "terraform"
      team          = "platform"
    }

    database_flags {
      name  = "cloudsql.iam_authentication"
      value = "on"
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
      name  = "log_min_duration_statement"
      value = "-1"
    }
    database_flags {
      name  = "maintenance_work_mem"
      value = "983040"
    }
    database_flags {
      name  = "max_connections"
      value = "400"
    }

    insights_config {
      query_insights_enabled  = true
      query_plans_per_minute  = 5
      query_string_length     = 1024
      record_application_tags = true
      record_client_address   = false
    }

    ip_configuration {
      allocated_ip_range                            = "beep-prod-services"
      enable_private_path_for_google_cloud_services = true
      ipv4_enabled                                  = false
      private_network                               = "projects/beep-prod-example/global/networks/beep-prod"
      ssl_mode                                      = "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    }
  }

  lifecycle {
    ignore_changes  = [settings[0].disk_size]
    prevent_destroy = true
  }
}

# prod-data/redis/instance
resource "google_redis_instance" "redis_instance" {
  auth_enabled       = true
  authorized_network = "projects/beep-prod-example/global/networks/beep-prod"
  connect_mode       = "PRIVATE_SERVICE_ACCESS"
  memory_size_gb     = 5
  name               = "beep-prod"
  read_replicas_mode = "READ_REPLICAS_ENABLED"
  redis_configs = {
    "maxmemory-gb"     = "4"
    "maxmemory-policy" = "volatile-lru"
  }
  redis_version           = "REDIS_7_2"
  region                  = "us-central1"
  replica_count           = 1
  reserved_ip_range       = "beep-prod-services"
  tier                    = "STANDARD_HA"
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  maintenance_policy {
    weekly_maintenance_window {
      day = "SUNDAY"

      start_time {
        hours   = 5
        minutes = 0
        nanos   = 0
        seconds = 0
      }
    }
  }

  persistence_config {
    persistence_mode    = "RDB"
    rdb_snapshot_period = "SIX_HOURS"
  }

  lifecycle {
    prevent_destroy = true
  }
}

# prod-data/redis/password
resource "google_secret_manager_secret_version" "redis_password" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-prod-example/secrets/beep-kv-redis-password"
  secret_data_wo         = google_redis_instance.redis_instance.auth_string
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# prod-data/redis/server-ca
resource "google_secret_manager_secret_version" "redis_server_ca" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-prod-example/secrets/beep-redis-server-ca"
  secret_data_wo         = join("\n", google_redis_instance.redis_instance.server_ca_certs[*].cert)
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

# prod-data/redis/url
resource "google_secret_manager_secret_version" "redis_url" {
  deletion_policy        = "ABANDON"
  secret                 = "projects/beep-prod-example/secrets/beep-kv-redis-url"
  secret_data_wo         = "rediss://:${google_redis_instance.redis_instance.auth_string}@${google_redis_instance.redis_instance.host}:${google_redis_instance.redis_instance.port}"
  secret_data_wo_version = 1

  lifecycle {
    create_before_destroy = true
  }
}

output "postgres_read_replica" {
  description = "The read replica, as the Auth Proxy or a client in the VPC names it"
  value       = "beep-prod-example:us-east1:beep-prod-replica"
}
