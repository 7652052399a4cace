# Stack bootstrap, for review. Terraform reads stacks/bootstrap/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "bootstrap"
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
    "managed-by" = "terraform"
    team         = "platform"
  }
  project = "beep-shared-example"
  region  = "us-central1"
}

# bootstrap/access-log/iam
resource "google_project_iam_audit_config" "access_log_iam" {
  project = "beep-shared-example"
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

# bootstrap/access-log/storage
resource "google_project_iam_audit_config" "access_log_storage" {
  project = "beep-shared-example"
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

# bootstrap/access-log/sts
resource "google_project_iam_audit_config" "access_log_sts" {
  project = "beep-shared-example"
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

# bootstrap/artifact-registry/accounts-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_dev" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000001/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/accounts-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_prod" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000003/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/accounts-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_accounts_staging" {
  location   = "us-central1"
  member     = "principalSet://cloudresourcemanager.googleapis.com/projects/100000000002/type/ServiceAccount"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/cloud-run-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_dev" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000001@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/cloud-run-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_prod" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000003@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/cloud-run-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_cloud_run_staging" {
  location   = "us-central1"
  member     = "serviceAccount:service-100000000002@serverless-robot-prod.iam.gserviceaccount.com"
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-dev
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_dev" {
  location   = "us-central1"
  member     = google_service_account.deploy_dev_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-prod
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_prod" {
  location   = "us-central1"
  member     = google_service_account.deploy_prod_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/deploy-staging
resource "google_artifact_registry_repository_iam_member" "artifact_registry_deploy_staging" {
  location   = "us-central1"
  member     = google_service_account.deploy_staging_account.member
  repository = google_artifact_registry_repository.artifact_registry_repository.name
  role       = "roles/artifactregistry.reader"
}

# bootstrap/artifact-registry/repository
resource "google_artifact_registry_repository" "artifact_registry_repository" {
  cleanup_policy_dry_run = false
  description            = "Images of the beep applications, built once and promoted by digest"
  format                 = "DOCKER"
  location               = "us-central1"
  mode                   = "STANDARD_REPOSITORY"
  repository_id          = "beep"

  cleanup_policies {
    action = "KEEP"
    id     = "keep-newest"

    most_recent_versions {
      keep_count = 50
    }
  }
  cleanup_policies {
    action = "KEEP"
    id     = "keep-deployed"

    condition {
      tag_prefixes = ["dev-", "staging-", "prod-"]
      tag_state    = "TAGGED"
    }
  }
  cleanup_policies {
    action = "DELETE"
    id     = "delete-untagged"

    condition {
      older_than = "1209600s"
      tag_state  = "UNTAGGED"
    }
  }

  docker_config {
    immutable_tags = false
  }

  vulnerability_scanning_config {
    enablement_config = "INHERITED"
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_artifactregistry,
    google_project_service.project_services_containeranalysis,
    google_project_service.project_services_containerscanning,
  ]
}

# bootstrap/deploy-dev/account
resource "google_service_account" "deploy_dev_account" {
  account_id   = "deploy-dev"
  description  = "Deploys dev from GitHub"
  display_name = "deploy-dev"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-dev/federation
resource "google_service_account_iam_member" "deploy_dev_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:dev"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_dev_account.name
}

# bootstrap/deploy-dev/project/certificatemanager-owner
resource "google_project_iam_member" "deploy_dev_project_certificatemanager_owner" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/certificatemanager.owner"
}

# bootstrap/deploy-dev/project/cloudsql-admin
resource "google_project_iam_member" "deploy_dev_project_cloudsql_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/cloudsql.admin"
}

# bootstrap/deploy-dev/project/compute-instanceAdmin-v1
resource "google_project_iam_member" "deploy_dev_project_compute_instanceAdmin_v1" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/compute.instanceAdmin.v1"
}

# bootstrap/deploy-dev/project/compute-loadBalancerAdmin
resource "google_project_iam_member" "deploy_dev_project_compute_loadBalancerAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/compute.loadBalancerAdmin"
}

# bootstrap/deploy-dev/project/compute-networkAdmin
resource "google_project_iam_member" "deploy_dev_project_compute_networkAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/compute.networkAdmin"
}

# bootstrap/deploy-dev/project/compute-securityAdmin
resource "google_project_iam_member" "deploy_dev_project_compute_securityAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/compute.securityAdmin"
}

# bootstrap/deploy-dev/project/dns-admin
resource "google_project_iam_member" "deploy_dev_project_dns_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/dns.admin"
}

# bootstrap/deploy-dev/project/iam-serviceAccountAdmin
resource "google_project_iam_member" "deploy_dev_project_iam_serviceAccountAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/iam.serviceAccountAdmin"
}

# bootstrap/deploy-dev/project/logging-configWriter
resource "google_project_iam_member" "deploy_dev_project_logging_configWriter" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/logging.configWriter"
}

# bootstrap/deploy-dev/project/monitoring-alertPolicyEditor
resource "google_project_iam_member" "deploy_dev_project_monitoring_alertPolicyEditor" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.alertPolicyEditor"
}

# bootstrap/deploy-dev/project/monitoring-dashboardEditor
resource "google_project_iam_member" "deploy_dev_project_monitoring_dashboardEditor" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.dashboardEditor"
}

# bootstrap/deploy-dev/project/monitoring-notificationChannelEditor
resource "google_project_iam_member" "deploy_dev_project_monitoring_notificationChannelEditor" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.notificationChannelEditor"
}

# bootstrap/deploy-dev/project/monitoring-servicesEditor
resource "google_project_iam_member" "deploy_dev_project_monitoring_servicesEditor" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.servicesEditor"
}

# bootstrap/deploy-dev/project/monitoring-uptimeCheckConfigEditor
resource "google_project_iam_member" "deploy_dev_project_monitoring_uptimeCheckConfigEditor" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.uptimeCheckConfigEditor"
}

# bootstrap/deploy-dev/project/pubsub-admin
resource "google_project_iam_member" "deploy_dev_project_pubsub_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/pubsub.admin"
}

# bootstrap/deploy-dev/project/redis-admin
resource "google_project_iam_member" "deploy_dev_project_redis_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/redis.admin"
}

# bootstrap/deploy-dev/project/resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_dev_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-dev/project/run-admin
resource "google_project_iam_member" "deploy_dev_project_run_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/run.admin"
}

# bootstrap/deploy-dev/project/secretmanager-admin
resource "google_project_iam_member" "deploy_dev_project_secretmanager_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/secretmanager.admin"
}

# bootstrap/deploy-dev/project/serviceusage-serviceUsageAdmin
resource "google_project_iam_member" "deploy_dev_project_serviceusage_serviceUsageAdmin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/serviceusage.serviceUsageAdmin"
}

# bootstrap/deploy-dev/project/storage-admin
resource "google_project_iam_member" "deploy_dev_project_storage_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/storage.admin"
}

# bootstrap/deploy-dev/project/vpcaccess-admin
resource "google_project_iam_member" "deploy_dev_project_vpcaccess_admin" {
  member  = google_service_account.deploy_dev_account.member
  project = "beep-dev-example"
  role    = "roles/vpcaccess.admin"
}

# bootstrap/deploy-dev/state
resource "google_storage_bucket_iam_member" "deploy_dev_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_dev_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-dev/state-names
resource "google_storage_bucket_iam_member" "deploy_dev_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_dev_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/deploy-prod/account
resource "google_service_account" "deploy_prod_account" {
  account_id   = "deploy-prod"
  description  = "Deploys prod from GitHub"
  display_name = "deploy-prod"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-prod/federation
resource "google_service_account_iam_member" "deploy_prod_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:prod"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_prod_account.name
}

# bootstrap/deploy-prod/project/certificatemanager-owner
resource "google_project_iam_member" "deploy_prod_project_certificatemanager_owner" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/certificatemanager.owner"
}

# bootstrap/deploy-prod/project/cloudsql-admin
resource "google_project_iam_member" "deploy_prod_project_cloudsql_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/cloudsql.admin"
}

# bootstrap/deploy-prod/project/compute-instanceAdmin-v1
resource "google_project_iam_member" "deploy_prod_project_compute_instanceAdmin_v1" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/compute.instanceAdmin.v1"
}

# bootstrap/deploy-prod/project/compute-loadBalancerAdmin
resource "google_project_iam_member" "deploy_prod_project_compute_loadBalancerAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/compute.loadBalancerAdmin"
}

# bootstrap/deploy-prod/project/compute-networkAdmin
resource "google_project_iam_member" "deploy_prod_project_compute_networkAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/compute.networkAdmin"
}

# bootstrap/deploy-prod/project/compute-securityAdmin
resource "google_project_iam_member" "deploy_prod_project_compute_securityAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/compute.securityAdmin"
}

# bootstrap/deploy-prod/project/dns-admin
resource "google_project_iam_member" "deploy_prod_project_dns_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/dns.admin"
}

# bootstrap/deploy-prod/project/iam-serviceAccountAdmin
resource "google_project_iam_member" "deploy_prod_project_iam_serviceAccountAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/iam.serviceAccountAdmin"
}

# bootstrap/deploy-prod/project/logging-configWriter
resource "google_project_iam_member" "deploy_prod_project_logging_configWriter" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/logging.configWriter"
}

# bootstrap/deploy-prod/project/monitoring-alertPolicyEditor
resource "google_project_iam_member" "deploy_prod_project_monitoring_alertPolicyEditor" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.alertPolicyEditor"
}

# bootstrap/deploy-prod/project/monitoring-dashboardEditor
resource "google_project_iam_member" "deploy_prod_project_monitoring_dashboardEditor" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.dashboardEditor"
}

# bootstrap/deploy-prod/project/monitoring-notificationChannelEditor
resource "google_project_iam_member" "deploy_prod_project_monitoring_notificationChannelEditor" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.notificationChannelEditor"
}

# bootstrap/deploy-prod/project/monitoring-servicesEditor
resource "google_project_iam_member" "deploy_prod_project_monitoring_servicesEditor" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.servicesEditor"
}

# bootstrap/deploy-prod/project/monitoring-uptimeCheckConfigEditor
resource "google_project_iam_member" "deploy_prod_project_monitoring_uptimeCheckConfigEditor" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.uptimeCheckConfigEditor"
}

# bootstrap/deploy-prod/project/pubsub-admin
resource "google_project_iam_member" "deploy_prod_project_pubsub_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/pubsub.admin"
}

# bootstrap/deploy-prod/project/redis-admin
resource "google_project_iam_member" "deploy_prod_project_redis_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/redis.admin"
}

# bootstrap/deploy-prod/project/resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_prod_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-prod/project/run-admin
resource "google_project_iam_member" "deploy_prod_project_run_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/run.admin"
}

# bootstrap/deploy-prod/project/secretmanager-admin
resource "google_project_iam_member" "deploy_prod_project_secretmanager_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/secretmanager.admin"
}

# bootstrap/deploy-prod/project/serviceusage-serviceUsageAdmin
resource "google_project_iam_member" "deploy_prod_project_serviceusage_serviceUsageAdmin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/serviceusage.serviceUsageAdmin"
}

# bootstrap/deploy-prod/project/storage-admin
resource "google_project_iam_member" "deploy_prod_project_storage_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/storage.admin"
}

# bootstrap/deploy-prod/project/vpcaccess-admin
resource "google_project_iam_member" "deploy_prod_project_vpcaccess_admin" {
  member  = google_service_account.deploy_prod_account.member
  project = "beep-prod-example"
  role    = "roles/vpcaccess.admin"
}

# bootstrap/deploy-prod/state
resource "google_storage_bucket_iam_member" "deploy_prod_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_prod_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-prod/state-names
resource "google_storage_bucket_iam_member" "deploy_prod_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_prod_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/deploy-staging/account
resource "google_service_account" "deploy_staging_account" {
  account_id   = "deploy-staging"
  description  = "Deploys staging from GitHub"
  display_name = "deploy-staging"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/deploy-staging/federation
resource "google_service_account_iam_member" "deploy_staging_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:environment:staging"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.deploy_staging_account.name
}

# bootstrap/deploy-staging/project/certificatemanager-owner
resource "google_project_iam_member" "deploy_staging_project_certificatemanager_owner" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/certificatemanager.owner"
}

# bootstrap/deploy-staging/project/cloudsql-admin
resource "google_project_iam_member" "deploy_staging_project_cloudsql_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/cloudsql.admin"
}

# bootstrap/deploy-staging/project/compute-instanceAdmin-v1
resource "google_project_iam_member" "deploy_staging_project_compute_instanceAdmin_v1" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/compute.instanceAdmin.v1"
}

# bootstrap/deploy-staging/project/compute-loadBalancerAdmin
resource "google_project_iam_member" "deploy_staging_project_compute_loadBalancerAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/compute.loadBalancerAdmin"
}

# bootstrap/deploy-staging/project/compute-networkAdmin
resource "google_project_iam_member" "deploy_staging_project_compute_networkAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/compute.networkAdmin"
}

# bootstrap/deploy-staging/project/compute-securityAdmin
resource "google_project_iam_member" "deploy_staging_project_compute_securityAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/compute.securityAdmin"
}

# bootstrap/deploy-staging/project/dns-admin
resource "google_project_iam_member" "deploy_staging_project_dns_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/dns.admin"
}

# bootstrap/deploy-staging/project/iam-serviceAccountAdmin
resource "google_project_iam_member" "deploy_staging_project_iam_serviceAccountAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/iam.serviceAccountAdmin"
}

# bootstrap/deploy-staging/project/logging-configWriter
resource "google_project_iam_member" "deploy_staging_project_logging_configWriter" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/logging.configWriter"
}

# bootstrap/deploy-staging/project/monitoring-alertPolicyEditor
resource "google_project_iam_member" "deploy_staging_project_monitoring_alertPolicyEditor" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.alertPolicyEditor"
}

# bootstrap/deploy-staging/project/monitoring-dashboardEditor
resource "google_project_iam_member" "deploy_staging_project_monitoring_dashboardEditor" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.dashboardEditor"
}

# bootstrap/deploy-staging/project/monitoring-notificationChannelEditor
resource "google_project_iam_member" "deploy_staging_project_monitoring_notificationChannelEditor" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.notificationChannelEditor"
}

# bootstrap/deploy-staging/project/monitoring-servicesEditor
resource "google_project_iam_member" "deploy_staging_project_monitoring_servicesEditor" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.servicesEditor"
}

# bootstrap/deploy-staging/project/monitoring-uptimeCheckConfigEditor
resource "google_project_iam_member" "deploy_staging_project_monitoring_uptimeCheckConfigEditor" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.uptimeCheckConfigEditor"
}

# bootstrap/deploy-staging/project/pubsub-admin
resource "google_project_iam_member" "deploy_staging_project_pubsub_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/pubsub.admin"
}

# bootstrap/deploy-staging/project/redis-admin
resource "google_project_iam_member" "deploy_staging_project_redis_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/redis.admin"
}

# bootstrap/deploy-staging/project/resourcemanager-projectIamAdmin
resource "google_project_iam_member" "deploy_staging_project_resourcemanager_projectIamAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/resourcemanager.projectIamAdmin"

  condition {
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/cloudsql.client', 'roles/logging.logWriter', 'roles/monitoring.metricWriter'])"
    title      = "named-roles-only"
  }
}

# bootstrap/deploy-staging/project/run-admin
resource "google_project_iam_member" "deploy_staging_project_run_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/run.admin"
}

# bootstrap/deploy-staging/project/secretmanager-admin
resource "google_project_iam_member" "deploy_staging_project_secretmanager_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/secretmanager.admin"
}

# bootstrap/deploy-staging/project/serviceusage-serviceUsageAdmin
resource "google_project_iam_member" "deploy_staging_project_serviceusage_serviceUsageAdmin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/serviceusage.serviceUsageAdmin"
}

# bootstrap/deploy-staging/project/storage-admin
resource "google_project_iam_member" "deploy_staging_project_storage_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/storage.admin"
}

# bootstrap/deploy-staging/project/vpcaccess-admin
resource "google_project_iam_member" "deploy_staging_project_vpcaccess_admin" {
  member  = google_service_account.deploy_staging_account.member
  project = "beep-staging-example"
  role    = "roles/vpcaccess.admin"
}

# bootstrap/deploy-staging/state
resource "google_storage_bucket_iam_member" "deploy_staging_state" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_staging_account.member
  role   = "roles/storage.objectUser"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/deploy-staging/state-names
resource "google_storage_bucket_iam_member" "deploy_staging_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.deploy_staging_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/github/dev
resource "google_iam_workload_identity_pool_provider" "github_dev" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'dev'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is dev"
  display_name                       = "GitHub dev"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-dev"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/pool
resource "google_iam_workload_identity_pool" "github_pool" {
  description               = "Workflows of one repository on GitHub"
  display_name              = "GitHub"
  workload_identity_pool_id = "github"

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/github/prod
resource "google_iam_workload_identity_pool_provider" "github_prod" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'prod'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is prod"
  display_name                       = "GitHub prod"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-prod"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/pull-request
resource "google_iam_workload_identity_pool_provider" "github_pull_request" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.event_name == 'pull_request'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':event_name:' + assertion.event_name"
  }
  description                        = "Jobs whose event_name is pull_request"
  display_name                       = "GitHub pull-request"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-pull-request"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/github/staging
resource "google_iam_workload_identity_pool_provider" "github_staging" {
  attribute_condition = "assertion.repository_owner_id == '100000001' && assertion.repository_id == '200000001' && assertion.environment == 'staging'"
  attribute_mapping = {
    "google.subject" = "'repository:' + assertion.repository_id + ':environment:' + assertion.environment"
  }
  description                        = "Jobs whose environment is staging"
  display_name                       = "GitHub staging"
  workload_identity_pool_id          = google_iam_workload_identity_pool.github_pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github-staging"

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

# bootstrap/plan/account
resource "google_service_account" "plan_account" {
  account_id   = "plan-pull-requests"
  description  = "Plans what pull requests would change, and reads no secret"
  display_name = "plan-pull-requests"

  depends_on = [
    google_project_service.project_services_iam,
    google_project_service.project_services_iamcredentials,
    google_project_service.project_services_sts,
  ]
}

# bootstrap/plan/dev/certificatemanager-viewer
resource "google_project_iam_member" "plan_dev_certificatemanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/certificatemanager.viewer"
}

# bootstrap/plan/dev/compute-networkViewer
resource "google_project_iam_member" "plan_dev_compute_networkViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/compute.networkViewer"
}

# bootstrap/plan/dev/dns-reader
resource "google_project_iam_member" "plan_dev_dns_reader" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/dns.reader"
}

# bootstrap/plan/dev/iam-securityReviewer
resource "google_project_iam_member" "plan_dev_iam_securityReviewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/iam.securityReviewer"
}

# bootstrap/plan/dev/logging-viewer
resource "google_project_iam_member" "plan_dev_logging_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/logging.viewer"
}

# bootstrap/plan/dev/monitoring-viewer
resource "google_project_iam_member" "plan_dev_monitoring_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/monitoring.viewer"
}

# bootstrap/plan/dev/run-viewer
resource "google_project_iam_member" "plan_dev_run_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/run.viewer"
}

# bootstrap/plan/dev/secretmanager-viewer
resource "google_project_iam_member" "plan_dev_secretmanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/secretmanager.viewer"
}

# bootstrap/plan/dev/serviceusage-serviceUsageViewer
resource "google_project_iam_member" "plan_dev_serviceusage_serviceUsageViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/serviceusage.serviceUsageViewer"
}

# bootstrap/plan/dev/vpcaccess-viewer
resource "google_project_iam_member" "plan_dev_vpcaccess_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-dev-example"
  role    = "roles/vpcaccess.viewer"
}

# bootstrap/plan/federation
resource "google_service_account_iam_member" "plan_federation" {
  member             = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github_pool.name}/subject/repository:200000001:event_name:pull_request"
  role               = "roles/iam.workloadIdentityUser"
  service_account_id = google_service_account.plan_account.name
}

# bootstrap/plan/prod/certificatemanager-viewer
resource "google_project_iam_member" "plan_prod_certificatemanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/certificatemanager.viewer"
}

# bootstrap/plan/prod/compute-networkViewer
resource "google_project_iam_member" "plan_prod_compute_networkViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/compute.networkViewer"
}

# bootstrap/plan/prod/dns-reader
resource "google_project_iam_member" "plan_prod_dns_reader" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/dns.reader"
}

# bootstrap/plan/prod/iam-securityReviewer
resource "google_project_iam_member" "plan_prod_iam_securityReviewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/iam.securityReviewer"
}

# bootstrap/plan/prod/logging-viewer
resource "google_project_iam_member" "plan_prod_logging_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/logging.viewer"
}

# bootstrap/plan/prod/monitoring-viewer
resource "google_project_iam_member" "plan_prod_monitoring_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/monitoring.viewer"
}

# bootstrap/plan/prod/run-viewer
resource "google_project_iam_member" "plan_prod_run_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/run.viewer"
}

# bootstrap/plan/prod/secretmanager-viewer
resource "google_project_iam_member" "plan_prod_secretmanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/secretmanager.viewer"
}

# bootstrap/plan/prod/serviceusage-serviceUsageViewer
resource "google_project_iam_member" "plan_prod_serviceusage_serviceUsageViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/serviceusage.serviceUsageViewer"
}

# bootstrap/plan/prod/vpcaccess-viewer
resource "google_project_iam_member" "plan_prod_vpcaccess_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-prod-example"
  role    = "roles/vpcaccess.viewer"
}

# bootstrap/plan/staging/certificatemanager-viewer
resource "google_project_iam_member" "plan_staging_certificatemanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/certificatemanager.viewer"
}

# bootstrap/plan/staging/compute-networkViewer
resource "google_project_iam_member" "plan_staging_compute_networkViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/compute.networkViewer"
}

# bootstrap/plan/staging/dns-reader
resource "google_project_iam_member" "plan_staging_dns_reader" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/dns.reader"
}

# bootstrap/plan/staging/iam-securityReviewer
resource "google_project_iam_member" "plan_staging_iam_securityReviewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/iam.securityReviewer"
}

# bootstrap/plan/staging/logging-viewer
resource "google_project_iam_member" "plan_staging_logging_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/logging.viewer"
}

# bootstrap/plan/staging/monitoring-viewer
resource "google_project_iam_member" "plan_staging_monitoring_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/monitoring.viewer"
}

# bootstrap/plan/staging/run-viewer
resource "google_project_iam_member" "plan_staging_run_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/run.viewer"
}

# bootstrap/plan/staging/secretmanager-viewer
resource "google_project_iam_member" "plan_staging_secretmanager_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/secretmanager.viewer"
}

# bootstrap/plan/staging/serviceusage-serviceUsageViewer
resource "google_project_iam_member" "plan_staging_serviceusage_serviceUsageViewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/serviceusage.serviceUsageViewer"
}

# bootstrap/plan/staging/vpcaccess-viewer
resource "google_project_iam_member" "plan_staging_vpcaccess_viewer" {
  member  = google_service_account.plan_account.member
  project = "beep-staging-example"
  role    = "roles/vpcaccess.viewer"
}

# bootstrap/plan/state-dev
resource "google_storage_bucket_iam_member" "plan_state_dev" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/dev/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/plan/state-names
resource "google_storage_bucket_iam_member" "plan_state_names" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.legacyBucketReader"
}

# bootstrap/plan/state-prod
resource "google_storage_bucket_iam_member" "plan_state_prod" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/prod/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/plan/state-staging
resource "google_storage_bucket_iam_member" "plan_state_staging" {
  bucket = google_storage_bucket.state_bucket.name
  member = google_service_account.plan_account.member
  role   = "roles/storage.objectViewer"

  condition {
    expression = "resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/foundation/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/migrations/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/services/\") || resource.name.startsWith(\"projects/_/buckets/beep-terraform-state-example/objects/staging/monitoring/\")"
    title      = "own-prefix-only"
  }
}

# bootstrap/project-services/artifactregistry
resource "google_project_service" "project_services_artifactregistry" {
  disable_on_destroy = false
  service            = "artifactregistry.googleapis.com"
}

# bootstrap/project-services/cloudresourcemanager
resource "google_project_service" "project_services_cloudresourcemanager" {
  disable_on_destroy = false
  service            = "cloudresourcemanager.googleapis.com"
}

# bootstrap/project-services/containeranalysis
resource "google_project_service" "project_services_containeranalysis" {
  disable_on_destroy = false
  service            = "containeranalysis.googleapis.com"
}

# bootstrap/project-services/containerscanning
resource "google_project_service" "project_services_containerscanning" {
  disable_on_destroy = false
  service            = "containerscanning.googleapis.com"
}

# bootstrap/project-services/iam
resource "google_project_service" "project_services_iam" {
  disable_on_destroy = false
  service            = "iam.googleapis.com"
}

# bootstrap/project-services/iamcredentials
resource "google_project_service" "project_services_iamcredentials" {
  disable_on_destroy = false
  service            = "iamcredentials.googleapis.com"
}

# bootstrap/project-services/storage
resource "google_project_service" "project_services_storage" {
  disable_on_destroy = false
  service            = "storage.googleapis.com"
}

# bootstrap/project-services/sts
resource "google_project_service" "project_services_sts" {
  disable_on_destroy = false
  service            = "sts.googleapis.com"
}

# bootstrap/state/bucket
resource "google_storage_bucket" "state_bucket" {
  force_destroy               = false
  location                    = "US"
  name                        = "beep-terraform-state-example"
  public_access_prevention    = "enforced"
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true

  lifecycle_rule {
    action {
      type = "Delete"
    }

    condition {
      days_since_noncurrent_time = 30
      num_newer_versions         = 50
      with_state                 = "ARCHIVED"
    }
  }

  soft_delete_policy {
    retention_duration_seconds = 2592000
  }

  versioning {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [google_project_service.project_services_storage]
}

output "deploy_dev_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is dev"
  value       = google_iam_workload_identity_pool_provider.github_dev.name
}

output "deploy_prod_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is prod"
  value       = google_iam_workload_identity_pool_provider.github_prod.name
}

output "deploy_staging_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose environment is staging"
  value       = google_iam_workload_identity_pool_provider.github_staging.name
}

output "plan_workload_identity_provider" {
  description = "workload_identity_provider of jobs whose event_name is pull_request"
  value       = google_iam_workload_identity_pool_provider.github_pull_request.name
}
