# Stack prod-budget, for review. Terraform reads stacks/prod-budget/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "prod/budget"
  }

  required_providers {
    google = {
      source  = "google"
      version = "6.50.0"
    }
  }
}

provider "google" {
  billing_project = "beep-prod-example"
  default_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }
  project               = "beep-prod-example"
  region                = "us-central1"
  user_project_override = true
}

# prod-budget/budget/email-oncall-example-com
resource "google_monitoring_notification_channel" "budget_email_oncall_example_com" {
  display_name = "E-mail oncall@example.com"
  labels = {
    email_address = "oncall@example.com"
  }
  type = "email"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }
}

# prod-budget/budget/email-platform-example-com
resource "google_monitoring_notification_channel" "budget_email_platform_example_com" {
  display_name = "E-mail platform@example.com"
  labels = {
    email_address = "platform@example.com"
  }
  type = "email"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }
}

# prod-budget/budget/monthly
resource "google_billing_budget" "budget_monthly" {
  billing_account = "000000-000000-000000"
  display_name    = "beep prod"

  all_updates_rule {
    disable_default_iam_recipients = false
    monitoring_notification_channels = [
      google_monitoring_notification_channel.budget_email_oncall_example_com.name,
      google_monitoring_notification_channel.budget_email_platform_example_com.name,
    ]
  }

  amount {
    specified_amount {
      currency_code = "USD"
      units         = "2500"
    }
  }

  budget_filter {
    calendar_period        = "MONTH"
    credit_types_treatment = "INCLUDE_ALL_CREDITS"
    projects               = ["projects/100000000003"]
  }

  threshold_rules {
    spend_basis       = "CURRENT_SPEND"
    threshold_percent = 0.5
  }
  threshold_rules {
    spend_basis       = "CURRENT_SPEND"
    threshold_percent = 0.9
  }
  threshold_rules {
    spend_basis       = "CURRENT_SPEND"
    threshold_percent = 1
  }
  threshold_rules {
    spend_basis       = "FORECASTED_SPEND"
    threshold_percent = 1
  }
}
