# Stack prod-monitoring, for review. Terraform reads stacks/prod-monitoring/cdk.tf.json, which says the same.

terraform {
  required_version = ">= 1.11"

  backend "gcs" {
    bucket = "beep-terraform-state-example"
    prefix = "prod/monitoring"
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

# prod-monitoring/dashboard/overview
resource "google_monitoring_dashboard" "dashboard_overview" {
  dashboard_json = <<-EOT
    {
     "displayName": "beep prod",
     "mosaicLayout": {
      "columns": 48,
      "tiles": [
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Each incident carries its first steps and its section of docs/runbook.md"
         },
         "title": "Now"
        },
        "width": 48
       },
       {
        "height": 10,
        "widget": {
         "incidentList": {},
         "title": "Open incidents"
        },
        "width": 48,
        "yPos": 4
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "1 is untouched, 0 is used up; below 0 the objective is missed"
         },
         "title": "Error budgets"
        },
        "width": 48,
        "yPos": 14
       },
       {
        "height": 16,
        "widget": {
         "title": "Availability budget left",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-api",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-api/serviceLevelObjectives/availability\")"
             }
            }
           },
           {
            "legendTemplate": "beep-web",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-web/serviceLevelObjectives/availability\")"
             }
            }
           },
           {
            "legendTemplate": "beep-todox",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-todox/serviceLevelObjectives/availability\")"
             }
            }
           },
           {
            "legendTemplate": "beep-marketing",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-marketing/serviceLevelObjectives/availability\")"
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the budget",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 18
       },
       {
        "height": 16,
        "widget": {
         "title": "Latency budget left",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-api",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-api/serviceLevelObjectives/latency\")"
             }
            }
           },
           {
            "legendTemplate": "beep-web",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-web/serviceLevelObjectives/latency\")"
             }
            }
           },
           {
            "legendTemplate": "beep-todox",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-todox/serviceLevelObjectives/latency\")"
             }
            }
           },
           {
            "legendTemplate": "beep-marketing",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_budget_fraction(\"projects/beep-prod-example/services/beep-marketing/serviceLevelObjectives/latency\")"
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the budget",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 18
       },
       {
        "height": 16,
        "widget": {
         "title": "Burn rate over one hour",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-api availability",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-api/serviceLevelObjectives/availability\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-api latency",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-api/serviceLevelObjectives/latency\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-web availability",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-web/serviceLevelObjectives/availability\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-web latency",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-web/serviceLevelObjectives/latency\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-todox availability",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-todox/serviceLevelObjectives/availability\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-todox latency",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-todox/serviceLevelObjectives/latency\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-marketing availability",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-marketing/serviceLevelObjectives/availability\", \"3600s\")"
             }
            }
           },
           {
            "legendTemplate": "beep-marketing latency",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "select_slo_burn_rate(\"projects/beep-prod-example/services/beep-marketing/serviceLevelObjectives/latency\", \"3600s\")"
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 14.4
           }
          ],
          "yAxis": {
           "label": "times too fast",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 18
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "As Cloud Run counts; WebSocket sessions are 1xx, counted when they end"
         },
         "title": "Services"
        },
        "width": 48,
        "yPos": 34
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 38
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 38
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-api: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 3000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 38
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 54
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 54
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-web: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 3000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 54
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 70
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 70
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-todox: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 3000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 70
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-marketing: requests",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.response_code_class}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.response_code_class"
               ],
               "perSeriesAligner": "ALIGN_RATE"
              },
              "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "per second",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 86
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-marketing: share of 5xx",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "5xx",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilterRatio": {
              "denominator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
              },
              "numerator": {
               "aggregation": {
                "alignmentPeriod": "60s",
                "crossSeriesReducer": "REDUCE_SUM",
                "perSeriesAligner": "ALIGN_RATE"
               },
               "filter": "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"5xx\""
              }
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.05
           }
          ],
          "yAxis": {
           "label": "share of requests",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 86
       },
       {
        "height": 16,
        "widget": {
         "title": "beep-marketing: latency of 2xx, percentiles",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "50",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_50",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "95",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_95",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           },
           {
            "legendTemplate": "99",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_PERCENTILE_99",
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert on 95",
            "targetAxis": "Y1",
            "value": 3000
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 86
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "All Cloud Run services; at max_instance_count requests queue"
         },
         "title": "Instances"
        },
        "width": 48,
        "yPos": 102
       },
       {
        "height": 16,
        "widget": {
         "title": "Instances",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_AREA",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_MAX"
              },
              "filter": "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "instances",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 106
       },
       {
        "height": 16,
        "widget": {
         "title": "CPU, 99th percentile",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_PERCENTILE_99"
              },
              "filter": "metric.type = \"run.googleapis.com/container/cpu/utilizations\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 106
       },
       {
        "height": 16,
        "widget": {
         "title": "Memory, 99th percentile",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.service_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.service_name"
               ],
               "perSeriesAligner": "ALIGN_PERCENTILE_99"
              },
              "filter": "metric.type = \"run.googleapis.com/container/memory/utilizations\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 106
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Query Insights tells which statement"
         },
         "title": "Postgres"
        },
        "width": 48,
        "yPos": 122
       },
       {
        "height": 16,
        "widget": {
         "title": "CPU",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-prod-example:beep-prod",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"cloudsql.googleapis.com/database/cpu/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.85
           }
          ],
          "yAxis": {
           "label": "share of the whole",
           "scale": "LINEAR"
          }
         }
        },
        "width": 12,
        "yPos": 126
       },
       {
        "height": 16,
        "widget": {
         "title": "Memory",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-prod-example:beep-prod",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"cloudsql.googleapis.com/database/memory/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share of the whole",
           "scale": "LINEAR"
          }
         }
        },
        "width": 12,
        "xPos": 12,
        "yPos": 126
       },
       {
        "height": 16,
        "widget": {
         "title": "Disk",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-prod-example:beep-prod",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"cloudsql.googleapis.com/database/disk/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.85
           }
          ],
          "yAxis": {
           "label": "share of the whole",
           "scale": "LINEAR"
          }
         }
        },
        "width": 12,
        "xPos": 24,
        "yPos": 126
       },
       {
        "height": 16,
        "widget": {
         "title": "Connections",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "beep-prod-example:beep-prod",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"cloudsql.googleapis.com/database/postgresql/num_backends\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 320
           }
          ],
          "yAxis": {
           "label": "connections",
           "scale": "LINEAR"
          }
         }
        },
        "width": 12,
        "xPos": 36,
        "yPos": 126
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Evictions sign people out"
         },
         "title": "Redis"
        },
        "width": 48,
        "yPos": 142
       },
       {
        "height": 16,
        "widget": {
         "title": "Memory",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"redis.googleapis.com/stats/memory/usage_ratio\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 0.85
           }
          ],
          "yAxis": {
           "label": "share of the limit",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 146
       },
       {
        "height": 16,
        "widget": {
         "title": "Clients",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"redis.googleapis.com/clients/connected\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "clients",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 146
       },
       {
        "height": 16,
        "widget": {
         "title": "Evicted keys",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.node_id}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.node_id"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"redis.googleapis.com/stats/evicted_keys\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "keys",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 146
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "A failed execution stops the release"
         },
         "title": "Jobs"
        },
        "width": 48,
        "yPos": 162
       },
       {
        "height": 16,
        "widget": {
         "title": "Executions that ended",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.job_name} $${metric.labels.result}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_BAR",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "resource.label.job_name",
                "metric.label.result"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "executions",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "yPos": 166
       },
       {
        "height": 16,
        "widget": {
         "title": "Executions that run",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.job_name}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_MAX",
               "groupByFields": [
                "resource.label.job_name"
               ],
               "perSeriesAligner": "ALIGN_MAX"
              },
              "filter": "metric.type = \"run.googleapis.com/job/running_executions\" AND resource.type = \"cloud_run_job\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "executions",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "xPos": 24,
        "yPos": 166
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "ERROR and above"
         },
         "title": "Errors in logs"
        },
        "width": 48,
        "yPos": 182
       },
       {
        "height": 16,
        "widget": {
         "title": "Entries",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${metric.labels.service}",
            "minAlignmentPeriod": "60s",
            "plotType": "STACKED_BAR",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "60s",
               "crossSeriesReducer": "REDUCE_SUM",
               "groupByFields": [
                "metric.label.service"
               ],
               "perSeriesAligner": "ALIGN_DELTA"
              },
              "filter": "metric.type = \"logging.googleapis.com/user/beep-error-logs\" AND resource.type = \"cloud_run_revision\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "entries per minute",
           "scale": "LINEAR"
          }
         }
        },
        "width": 24,
        "yPos": 186
       },
       {
        "height": 16,
        "widget": {
         "logsPanel": {
          "filter": "severity >= ERROR AND resource.type = (\"cloud_run_revision\" OR \"cloud_run_job\")"
         },
         "title": "Newest"
        },
        "width": 24,
        "xPos": 24,
        "yPos": 186
       },
       {
        "height": 4,
        "widget": {
         "sectionHeader": {
          "dividerBelow": true,
          "subtitle": "Uptime checks from several regions"
         },
         "title": "From outside"
        },
        "width": 48,
        "yPos": 202
       },
       {
        "height": 16,
        "widget": {
         "title": "Checks that passed",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MEAN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_FRACTION_TRUE"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "share",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "yPos": 206
       },
       {
        "height": 16,
        "widget": {
         "title": "Latency of the checks",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MEAN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_MEAN"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/request_latency\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "yAxis": {
           "label": "ms",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 16,
        "yPos": 206
       },
       {
        "height": 16,
        "widget": {
         "title": "Validity of certificates",
         "xyChart": {
          "chartOptions": {
           "mode": "COLOR"
          },
          "dataSets": [
           {
            "legendTemplate": "$${resource.labels.host}",
            "minAlignmentPeriod": "60s",
            "plotType": "LINE",
            "targetAxis": "Y1",
            "timeSeriesQuery": {
             "timeSeriesFilter": {
              "aggregation": {
               "alignmentPeriod": "1200s",
               "crossSeriesReducer": "REDUCE_MIN",
               "groupByFields": [
                "resource.label.host"
               ],
               "perSeriesAligner": "ALIGN_NEXT_OLDER"
              },
              "filter": "metric.type = \"monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires\" AND resource.type = \"uptime_url\""
             }
            }
           }
          ],
          "thresholds": [
           {
            "label": "alert",
            "targetAxis": "Y1",
            "value": 14
           }
          ],
          "yAxis": {
           "label": "days",
           "scale": "LINEAR"
          }
         }
        },
        "width": 16,
        "xPos": 32,
        "yPos": 206
       }
      ]
     }
    }
  EOT
}

# prod-monitoring/monitoring/access-changed
resource "google_monitoring_alert_policy" "monitoring_access_changed" {
  combiner     = "OR"
  display_name = "Access was changed by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Access was changed by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"(?i)(setiam(policy|permissions)|createserviceaccountkey)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"@system[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed who may do what in this project, or made a key for a service account. Accounts here have no keys.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, serviceData.policyDelta.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#access-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Access was changed by hand"
  }
}

# prod-monitoring/monitoring/armor-denials
resource "google_monitoring_alert_policy" "monitoring_armor_denials" {
  combiner     = "OR"
  display_name = "Cloud Armor refused more than 1000 requests in five minutes"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Cloud Armor refused more than 1000 requests in five minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"networksecurity.googleapis.com/https/request_count\" AND resource.type = \"network_security_policy\" AND resource.labels.policy_name = one_of(\"beep-prod-pages\", \"beep-prod-api\", \"beep-prod-collector\") AND metric.labels.blocked = \"true\""
      threshold_value = 1000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.policy_name"]
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "An attack that is held off, or a rule that meets people. What rules in preview would have refused does not count.\n\n1. Read which rule and which addresses: the query of the runbook's section.\n2. Many addresses or paths of scanners: an attack. Watch errors and latency; act only if they rise.\n3. Few addresses on ordinary paths, or the collector's policy: people or senders of ours. Widen the rule.\n\nRunbook: docs/runbook.md#cloud-armor-blocks-somebody"
    mime_type = "text/markdown"
    subject   = "Cloud Armor refused more than 1000 requests in five minutes"
  }
}

# prod-monitoring/monitoring/audit-configuration-changed
resource "google_monitoring_alert_policy" "monitoring_audit_configuration_changed" {
  combiner     = "OR"
  display_name = "What the audit log holds was changed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "What the audit log holds was changed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"(?i)setiampolicy$\" AND protoPayload.serviceData.policyDelta.auditConfigDeltas:* AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Somebody, or the pipeline, changed which reads are logged in this project. With less of it nobody can tell who read a secret.\n\n1. Read what changed from the log entry: serviceData.policyDelta.auditConfigDeltas, and who did it: authenticationInfo.principalEmail.\n2. The pipeline did it, and a release switched data_access_logs: close the incident.\n3. Else plan the foundation stack, apply it, and treat the account as stolen.\n\nRunbook: docs/runbook.md#audit-logging-was-changed"
    mime_type = "text/markdown"
    subject   = "What the audit log holds was changed"
  }
}

# prod-monitoring/monitoring/beep-api-availability-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_api_availability_fast_burn" {
  combiner     = "AND"
  display_name = "beep-api uses up its availability budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_availability.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_availability.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "1.4% or more of the requests to beep-api fail, over 1 h and still over the last 5 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-api' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-api uses up its availability budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-api-availability-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_api_availability_slow_burn" {
  combiner     = "AND"
  display_name = "beep-api uses up its availability budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_availability.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_availability.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "0.6% or more of the requests to beep-api fail, over 6 h and still over the last 30 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-api' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-api uses up its availability budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-api-concurrency
resource "google_monitoring_alert_policy" "monitoring_beep_api_concurrency" {
  combiner     = "OR"
  display_name = "beep-api serves nearly as many requests at a time as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api serves nearly as many requests at a time as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/max_request_concurrencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
      threshold_value         = 900

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_PERCENTILE_99"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The only instance of beep-api has been near its concurrency for ten minutes, WebSockets included. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-api serves nearly as many requests at a time as it may"
  }
}

# prod-monitoring/monitoring/beep-api-down
resource "google_monitoring_alert_policy" "monitoring_beep_api_down" {
  combiner     = "OR"
  display_name = "beep-api does not answer at api.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api does not answer at api.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_api_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://api.example.com.\n\n1. Open https://api.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-api.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-api does not answer at api.example.com"
  }
}

# prod-monitoring/monitoring/beep-api-edge-errors
resource "google_monitoring_alert_policy" "monitoring_beep_api_edge_errors" {
  combiner     = "AND"
  display_name = "The load balancer answers more than 5% of requests to beep-api with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The load balancer answers more than 5% of requests to beep-api with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-api\")"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-api\") AND metric.labels.response_code_class = 500"
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-api\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "People who ask for beep-api get errors, whether beep-api made them or was never reached: a group without a service, ingress that refuses, a region without capacity.\n\n1. Is the alert beep-api-errors open too? Then start there: the service itself fails.\n2. If not, read why in the load balancer's log: jsonPayload.statusDetails of resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.\n3. Compare the start with the last apply of the services stack.\n\nRunbook: docs/runbook.md#the-load-balancer-answers-with-errors"
    mime_type = "text/markdown"
    subject   = "The load balancer answers more than 5% of requests to beep-api with 5xx"
  }
}

# prod-monitoring/monitoring/beep-api-errors
resource "google_monitoring_alert_policy" "monitoring_beep_api_errors" {
  combiner     = "OR"
  display_name = "beep-api answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-api has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-api\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-api answers more than 5% of requests with 5xx"
  }
}

# prod-monitoring/monitoring/beep-api-latency
resource "google_monitoring_alert_policy" "monitoring_beep_api_latency" {
  combiner     = "OR"
  display_name = "beep-api p95 latency is above 3000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-api p95 latency is above 3000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 3000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-api takes longer than 3000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-api p95 latency is above 3000 ms"
  }
}

# prod-monitoring/monitoring/beep-api-latency-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_api_latency_fast_burn" {
  combiner     = "AND"
  display_name = "beep-api uses up its latency budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_latency.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_latency.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "72.0% or more of the requests to beep-api take longer than 500 ms, over 1 h and still over the last 5 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-api uses up its latency budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-api-latency-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_api_latency_slow_burn" {
  combiner     = "AND"
  display_name = "beep-api uses up its latency budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-api"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_latency.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_api_slo_latency.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "30.0% or more of the requests to beep-api take longer than 500 ms, over 6 h and still over the last 30 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-api uses up its latency budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-api-slo/availability
resource "google_monitoring_slo" "monitoring_beep_api_slo_availability" {
  display_name        = "beep-api: 99.90% of requests do not fail"
  goal                = 0.999
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_api_slo_service.service_id
  slo_id              = "availability"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    good_total_ratio {
      good_service_filter  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\")"
      total_service_filter = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
    }
  }
}

# prod-monitoring/monitoring/beep-api-slo/latency
resource "google_monitoring_slo" "monitoring_beep_api_slo_latency" {
  display_name        = "beep-api: 95.00% of good answers within 500 ms"
  goal                = 0.95
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_api_slo_service.service_id
  slo_id              = "latency"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND metric.labels.response_code_class = \"2xx\""

      range {
        max = 500
      }
    }
  }
}

# prod-monitoring/monitoring/beep-api-slo/service
resource "google_monitoring_service" "monitoring_beep_api_slo_service" {
  display_name = "beep-api"
  service_id   = "beep-api"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  basic_service {
    service_labels = {
      location     = "us-central1"
      service_name = "beep-api"
    }
    service_type = "CLOUD_RUN"
  }
}

# prod-monitoring/monitoring/beep-api-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_api_uptime" {
  display_name = "beep-api https://api.example.com/v1/health"
  period       = "60s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "OK"
    matcher = "CONTAINS_STRING"
  }

  http_check {
    path           = "/v1/health"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "api.example.com"
      project_id = "beep-prod-example"
    }
    type = "uptime_url"
  }
}

# prod-monitoring/monitoring/beep-db-bootstrap-failed
resource "google_monitoring_alert_policy" "monitoring_beep_db_bootstrap_failed" {
  combiner     = "OR"
  display_name = "Job beep-db-bootstrap failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Job beep-db-bootstrap failed"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"beep-db-bootstrap\" AND metric.labels.result = \"failed\""
      threshold_value = 0

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "An execution of beep-db-bootstrap failed. The release must stop: services still run the version before.\n\n1. Read its log: gcloud run jobs executions list --job beep-db-bootstrap.\n2. Do not run it again before the cause is known: a migration may be half applied.\n3. Mend the migration forward, and run the release from its start.\n\nRunbook: docs/runbook.md#a-database-job-failed"
    mime_type = "text/markdown"
    subject   = "Job beep-db-bootstrap failed"
  }
}

# prod-monitoring/monitoring/beep-marketing-availability-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_availability_fast_burn" {
  combiner     = "AND"
  display_name = "beep-marketing uses up its availability budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_availability.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_availability.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "1.4% or more of the requests to beep-marketing fail, over 1 h and still over the last 5 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-marketing' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-marketing uses up its availability budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-marketing-availability-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_availability_slow_burn" {
  combiner     = "AND"
  display_name = "beep-marketing uses up its availability budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_availability.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_availability.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "0.6% or more of the requests to beep-marketing fail, over 6 h and still over the last 30 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-marketing' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-marketing uses up its availability budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-marketing-down
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_down" {
  combiner     = "OR"
  display_name = "beep-marketing does not answer at www.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing does not answer at www.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_marketing_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://www.example.com.\n\n1. Open https://www.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-marketing.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-marketing does not answer at www.example.com"
  }
}

# prod-monitoring/monitoring/beep-marketing-edge-errors
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_edge_errors" {
  combiner     = "AND"
  display_name = "The load balancer answers more than 5% of requests to beep-marketing with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The load balancer answers more than 5% of requests to beep-marketing with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-marketing\", \"beep-marketing-static\")"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-marketing\", \"beep-marketing-static\") AND metric.labels.response_code_class = 500"
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-marketing\", \"beep-marketing-static\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "People who ask for beep-marketing get errors, whether beep-marketing made them or was never reached: a group without a service, ingress that refuses, a region without capacity.\n\n1. Is the alert beep-marketing-errors open too? Then start there: the service itself fails.\n2. If not, read why in the load balancer's log: jsonPayload.statusDetails of resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.\n3. Compare the start with the last apply of the services stack.\n\nRunbook: docs/runbook.md#the-load-balancer-answers-with-errors"
    mime_type = "text/markdown"
    subject   = "The load balancer answers more than 5% of requests to beep-marketing with 5xx"
  }
}

# prod-monitoring/monitoring/beep-marketing-errors
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_errors" {
  combiner     = "OR"
  display_name = "beep-marketing answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-marketing has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-marketing\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-marketing answers more than 5% of requests with 5xx"
  }
}

# prod-monitoring/monitoring/beep-marketing-instances
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_instances" {
  combiner     = "OR"
  display_name = "beep-marketing runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\""
      threshold_value         = 3.6

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-marketing has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-marketing runs nearly as many instances as it may"
  }
}

# prod-monitoring/monitoring/beep-marketing-latency
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_latency" {
  combiner     = "OR"
  display_name = "beep-marketing p95 latency is above 3000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-marketing p95 latency is above 3000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 3000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-marketing takes longer than 3000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-marketing p95 latency is above 3000 ms"
  }
}

# prod-monitoring/monitoring/beep-marketing-latency-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_latency_fast_burn" {
  combiner     = "AND"
  display_name = "beep-marketing uses up its latency budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_latency.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_latency.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "72.0% or more of the requests to beep-marketing take longer than 1000 ms, over 1 h and still over the last 5 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-marketing uses up its latency budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-marketing-latency-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_marketing_latency_slow_burn" {
  combiner     = "AND"
  display_name = "beep-marketing uses up its latency budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-marketing"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_latency.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_marketing_slo_latency.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "30.0% or more of the requests to beep-marketing take longer than 1000 ms, over 6 h and still over the last 30 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-marketing uses up its latency budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-marketing-slo/availability
resource "google_monitoring_slo" "monitoring_beep_marketing_slo_availability" {
  display_name        = "beep-marketing: 99.90% of requests do not fail"
  goal                = 0.999
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_marketing_slo_service.service_id
  slo_id              = "availability"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    good_total_ratio {
      good_service_filter  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\")"
      total_service_filter = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
    }
  }
}

# prod-monitoring/monitoring/beep-marketing-slo/latency
resource "google_monitoring_slo" "monitoring_beep_marketing_slo_latency" {
  display_name        = "beep-marketing: 95.00% of good answers within 1000 ms"
  goal                = 0.95
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_marketing_slo_service.service_id
  slo_id              = "latency"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-marketing\" AND metric.labels.response_code_class = \"2xx\""

      range {
        max = 1000
      }
    }
  }
}

# prod-monitoring/monitoring/beep-marketing-slo/service
resource "google_monitoring_service" "monitoring_beep_marketing_slo_service" {
  display_name = "beep-marketing"
  service_id   = "beep-marketing"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  basic_service {
    service_labels = {
      location     = "us-central1"
      service_name = "beep-marketing"
    }
    service_type = "CLOUD_RUN"
  }
}

# prod-monitoring/monitoring/beep-marketing-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_marketing_uptime" {
  display_name = "beep-marketing https://www.example.com/"
  period       = "300s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "/_next/"
    matcher = "CONTAINS_STRING"
  }

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "www.example.com"
      project_id = "beep-prod-example"
    }
    type = "uptime_url"
  }
}

# prod-monitoring/monitoring/beep-migrate-failed
resource "google_monitoring_alert_policy" "monitoring_beep_migrate_failed" {
  combiner     = "OR"
  display_name = "Job beep-migrate failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Job beep-migrate failed"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/job/completed_execution_count\" AND resource.type = \"cloud_run_job\" AND resource.labels.job_name = \"beep-migrate\" AND metric.labels.result = \"failed\""
      threshold_value = 0

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "An execution of beep-migrate failed. The release must stop: services still run the version before.\n\n1. Read its log: gcloud run jobs executions list --job beep-migrate.\n2. Do not run it again before the cause is known: a migration may be half applied.\n3. Mend the migration forward, and run the release from its start.\n\nRunbook: docs/runbook.md#a-database-job-failed"
    mime_type = "text/markdown"
    subject   = "Job beep-migrate failed"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-down
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_down" {
  combiner     = "OR"
  display_name = "beep-otel-collector does not answer at otlp.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector does not answer at otlp.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_otel_collector_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://otlp.example.com.\n\n1. Open https://otlp.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-otel-collector.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector does not answer at otlp.example.com"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-edge-errors
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_edge_errors" {
  combiner     = "AND"
  display_name = "The load balancer answers more than 5% of requests to beep-otel-collector with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The load balancer answers more than 5% of requests to beep-otel-collector with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-otel-collector\")"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-otel-collector\") AND metric.labels.response_code_class = 500"
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-otel-collector\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "People who ask for beep-otel-collector get errors, whether beep-otel-collector made them or was never reached: a group without a service, ingress that refuses, a region without capacity.\n\n1. Is the alert beep-otel-collector-errors open too? Then start there: the service itself fails.\n2. If not, read why in the load balancer's log: jsonPayload.statusDetails of resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.\n3. Compare the start with the last apply of the services stack.\n\nRunbook: docs/runbook.md#the-load-balancer-answers-with-errors"
    mime_type = "text/markdown"
    subject   = "The load balancer answers more than 5% of requests to beep-otel-collector with 5xx"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-errors
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_errors" {
  combiner     = "OR"
  display_name = "beep-otel-collector answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-otel-collector has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-otel-collector\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector answers more than 5% of requests with 5xx"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-gone
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_gone" {
  combiner     = "OR"
  display_name = "beep-otel-collector has no instance"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector has no instance"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Nothing takes telemetry. The applications' exporters retry for seconds, then drop.\n\n1. Look for failing start-ups: gcloud run revisions list --service beep-otel-collector.\n2. Read its log: gcloud logging read resource.labels.service_name=beep-otel-collector --limit 20. A bad configuration ends it at once, and says where.\n3. If a release or a rotation went before, roll that back.\n\nRunbook: docs/runbook.md#telemetry-is-lost"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector has no instance"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-instances
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_instances" {
  combiner     = "OR"
  display_name = "beep-otel-collector runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\""
      threshold_value         = 3.6

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-otel-collector has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector runs nearly as many instances as it may"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-latency
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_latency" {
  combiner     = "OR"
  display_name = "beep-otel-collector p95 latency is above 3000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector p95 latency is above 3000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 3000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-otel-collector takes longer than 3000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector p95 latency is above 3000 ms"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-loses-data
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_loses_data" {
  combiner     = "OR"
  display_name = "beep-otel-collector drops or refuses telemetry"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "beep-otel-collector drops or refuses telemetry"

    condition_matched_log {
      filter = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\" AND (textPayload =~ \"Exporting failed[.] (Dropping|Rejecting) data|sending queue is full|Memory usage is above (soft|hard) limit\" OR jsonPayload.msg =~ \"Exporting failed[.] (Dropping|Rejecting) data|sending queue is full|Memory usage is above (soft|hard) limit\")"
    }
  }

  documentation {
    content   = "Spans, logs or metrics are lost. The applications are not affected; what they do now cannot be seen later.\n\n1. Read why: gcloud logging read 'resource.labels.service_name=beep-otel-collector AND jsonPayload.msg:Exporting' --limit 5 --freshness 1h.\n2. 401 or 403: the credential was rotated or revoked. 429 or 413: the backend limits us.\n3. Memory: raise the collector's memory or instances in the environment file.\n\nRunbook: docs/runbook.md#telemetry-is-lost"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector drops or refuses telemetry"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-silent
resource "google_monitoring_alert_policy" "monitoring_beep_otel_collector_silent" {
  combiner     = "OR"
  display_name = "beep-otel-collector accepts no telemetry"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-otel-collector"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-otel-collector accepts no telemetry"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "1800s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-otel-collector\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "No application got telemetry accepted for half an hour.\n\n1. Does anybody send? Compare the response codes of beep-otel-collector on the dashboard.\n2. 4xx only: path, header or origin differ from what the collector takes.\n3. Nothing at all: see OTLP_TRACE_EXPORTER_URL of a revision, and DNS of its host.\n\nRunbook: docs/runbook.md#telemetry-is-lost"
    mime_type = "text/markdown"
    subject   = "beep-otel-collector accepts no telemetry"
  }
}

# prod-monitoring/monitoring/beep-otel-collector-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_otel_collector_uptime" {
  display_name = "beep-otel-collector https://otlp.example.com/v1/traces"
  period       = "300s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  http_check {
    path           = "/v1/traces"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_value = 405
    }
  }

  monitored_resource {
    labels = {
      host       = "otlp.example.com"
      project_id = "beep-prod-example"
    }
    type = "uptime_url"
  }
}

# prod-monitoring/monitoring/beep-todox-availability-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_todox_availability_fast_burn" {
  combiner     = "AND"
  display_name = "beep-todox uses up its availability budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_availability.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_availability.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "1.4% or more of the requests to beep-todox fail, over 1 h and still over the last 5 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-todox' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-todox uses up its availability budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-todox-availability-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_todox_availability_slow_burn" {
  combiner     = "AND"
  display_name = "beep-todox uses up its availability budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_availability.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_availability.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "0.6% or more of the requests to beep-todox fail, over 6 h and still over the last 30 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-todox' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-todox uses up its availability budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-todox-down
resource "google_monitoring_alert_policy" "monitoring_beep_todox_down" {
  combiner     = "OR"
  display_name = "beep-todox does not answer at todox.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox does not answer at todox.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_todox_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://todox.example.com.\n\n1. Open https://todox.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-todox.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-todox does not answer at todox.example.com"
  }
}

# prod-monitoring/monitoring/beep-todox-edge-errors
resource "google_monitoring_alert_policy" "monitoring_beep_todox_edge_errors" {
  combiner     = "AND"
  display_name = "The load balancer answers more than 5% of requests to beep-todox with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The load balancer answers more than 5% of requests to beep-todox with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-todox\", \"beep-todox-static\")"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-todox\", \"beep-todox-static\") AND metric.labels.response_code_class = 500"
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-todox\", \"beep-todox-static\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "People who ask for beep-todox get errors, whether beep-todox made them or was never reached: a group without a service, ingress that refuses, a region without capacity.\n\n1. Is the alert beep-todox-errors open too? Then start there: the service itself fails.\n2. If not, read why in the load balancer's log: jsonPayload.statusDetails of resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.\n3. Compare the start with the last apply of the services stack.\n\nRunbook: docs/runbook.md#the-load-balancer-answers-with-errors"
    mime_type = "text/markdown"
    subject   = "The load balancer answers more than 5% of requests to beep-todox with 5xx"
  }
}

# prod-monitoring/monitoring/beep-todox-errors
resource "google_monitoring_alert_policy" "monitoring_beep_todox_errors" {
  combiner     = "OR"
  display_name = "beep-todox answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-todox has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-todox\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-todox answers more than 5% of requests with 5xx"
  }
}

# prod-monitoring/monitoring/beep-todox-instances
resource "google_monitoring_alert_policy" "monitoring_beep_todox_instances" {
  combiner     = "OR"
  display_name = "beep-todox runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\""
      threshold_value         = 7.2

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-todox has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-todox runs nearly as many instances as it may"
  }
}

# prod-monitoring/monitoring/beep-todox-latency
resource "google_monitoring_alert_policy" "monitoring_beep_todox_latency" {
  combiner     = "OR"
  display_name = "beep-todox p95 latency is above 3000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-todox p95 latency is above 3000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 3000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-todox takes longer than 3000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-todox p95 latency is above 3000 ms"
  }
}

# prod-monitoring/monitoring/beep-todox-latency-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_todox_latency_fast_burn" {
  combiner     = "AND"
  display_name = "beep-todox uses up its latency budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_latency.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_latency.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "72.0% or more of the requests to beep-todox take longer than 1000 ms, over 1 h and still over the last 5 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-todox uses up its latency budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-todox-latency-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_todox_latency_slow_burn" {
  combiner     = "AND"
  display_name = "beep-todox uses up its latency budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-todox"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_latency.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_todox_slo_latency.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "30.0% or more of the requests to beep-todox take longer than 1000 ms, over 6 h and still over the last 30 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-todox uses up its latency budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-todox-slo/availability
resource "google_monitoring_slo" "monitoring_beep_todox_slo_availability" {
  display_name        = "beep-todox: 99.90% of requests do not fail"
  goal                = 0.999
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_todox_slo_service.service_id
  slo_id              = "availability"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    good_total_ratio {
      good_service_filter  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\")"
      total_service_filter = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
    }
  }
}

# prod-monitoring/monitoring/beep-todox-slo/latency
resource "google_monitoring_slo" "monitoring_beep_todox_slo_latency" {
  display_name        = "beep-todox: 95.00% of good answers within 1000 ms"
  goal                = 0.95
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_todox_slo_service.service_id
  slo_id              = "latency"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-todox\" AND metric.labels.response_code_class = \"2xx\""

      range {
        max = 1000
      }
    }
  }
}

# prod-monitoring/monitoring/beep-todox-slo/service
resource "google_monitoring_service" "monitoring_beep_todox_slo_service" {
  display_name = "beep-todox"
  service_id   = "beep-todox"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  basic_service {
    service_labels = {
      location     = "us-central1"
      service_name = "beep-todox"
    }
    service_type = "CLOUD_RUN"
  }
}

# prod-monitoring/monitoring/beep-todox-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_todox_uptime" {
  display_name = "beep-todox https://todox.example.com/"
  period       = "300s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "/_next/"
    matcher = "CONTAINS_STRING"
  }

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "todox.example.com"
      project_id = "beep-prod-example"
    }
    type = "uptime_url"
  }
}

# prod-monitoring/monitoring/beep-web-availability-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_web_availability_fast_burn" {
  combiner     = "AND"
  display_name = "beep-web uses up its availability budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_availability.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_availability.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "1.4% or more of the requests to beep-web fail, over 1 h and still over the last 5 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-web' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-web uses up its availability budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-web-availability-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_web_availability_slow_burn" {
  combiner     = "AND"
  display_name = "beep-web uses up its availability budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_availability.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_availability.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "0.6% or more of the requests to beep-web fail, over 6 h and still over the last 30 min. At this speed the budget of 30 days (0.10% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. gcloud logging read 'severity>=ERROR AND resource.labels.service_name=beep-web' --limit 20 --freshness 1h.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-web uses up its availability budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-web-down
resource "google_monitoring_alert_policy" "monitoring_beep_web_down" {
  combiner     = "OR"
  display_name = "beep-web does not answer at app.example.com"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web does not answer at app.example.com"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND resource.type = \"uptime_url\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.monitoring_beep_web_uptime.uptime_check_id}\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Checkers in more than one region fail to get a good answer from https://app.example.com.\n\n1. Open https://app.example.com yourself: certificate, DNS or a 5xx tell different stories.\n2. Look for failing start-ups: gcloud run revisions list --service beep-web.\n3. If a release went out in the last hour, roll back first and read logs afterwards.\n\nRunbook: docs/runbook.md#a-service-is-down"
    mime_type = "text/markdown"
    subject   = "beep-web does not answer at app.example.com"
  }
}

# prod-monitoring/monitoring/beep-web-edge-errors
resource "google_monitoring_alert_policy" "monitoring_beep_web_edge_errors" {
  combiner     = "AND"
  display_name = "The load balancer answers more than 5% of requests to beep-web with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The load balancer answers more than 5% of requests to beep-web with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-web\", \"beep-web-static\")"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-web\", \"beep-web-static\") AND metric.labels.response_code_class = 500"
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"loadbalancing.googleapis.com/https/request_count\" AND resource.type = \"https_lb_rule\" AND resource.labels.backend_target_name = one_of(\"beep-web\", \"beep-web-static\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "People who ask for beep-web get errors, whether beep-web made them or was never reached: a group without a service, ingress that refuses, a region without capacity.\n\n1. Is the alert beep-web-errors open too? Then start there: the service itself fails.\n2. If not, read why in the load balancer's log: jsonPayload.statusDetails of resource.type=http_load_balancer AND httpRequest.status>=500, --limit 20.\n3. Compare the start with the last apply of the services stack.\n\nRunbook: docs/runbook.md#the-load-balancer-answers-with-errors"
    mime_type = "text/markdown"
    subject   = "The load balancer answers more than 5% of requests to beep-web with 5xx"
  }
}

# prod-monitoring/monitoring/beep-web-errors
resource "google_monitoring_alert_policy" "monitoring_beep_web_errors" {
  combiner     = "OR"
  display_name = "beep-web answers more than 5% of requests with 5xx"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web answers more than 5% of requests with 5xx"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      denominator_filter      = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"5xx\""
      threshold_value         = 0.05

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      denominator_aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_RATE"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-web has failed more than 5% of its requests for five minutes.\n\n1. Read the newest errors: gcloud logging read \"severity>=ERROR AND resource.labels.service_name=beep-web\" --limit 20.\n2. Compare the start with the last release and the last migration.\n3. Check the database and Redis alerts: a dependency may be the cause.\n\nRunbook: docs/runbook.md#error-ratio-is-high"
    mime_type = "text/markdown"
    subject   = "beep-web answers more than 5% of requests with 5xx"
  }
}

# prod-monitoring/monitoring/beep-web-instances
resource "google_monitoring_alert_policy" "monitoring_beep_web_instances" {
  combiner     = "OR"
  display_name = "beep-web runs nearly as many instances as it may"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web runs nearly as many instances as it may"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/container/instance_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\""
      threshold_value         = 7.2

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.revision_name"]
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-web has been near its max_instance_count for ten minutes. Beyond it, requests wait, and then get 429.\n\n1. See on the dashboard whether the requests grew, or only the time that each takes.\n2. A slow database or upstream API: mend that first, since the requests pile up behind it.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "beep-web runs nearly as many instances as it may"
  }
}

# prod-monitoring/monitoring/beep-web-latency
resource "google_monitoring_alert_policy" "monitoring_beep_web_latency" {
  combiner     = "OR"
  display_name = "beep-web p95 latency is above 3000 ms"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "beep-web p95 latency is above 3000 ms"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""
      threshold_value         = 3000

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_PERCENTILE_95"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "One request in twenty to beep-web takes longer than 3000 ms.\n\n1. See whether instances are at max_instance_count: then requests queue.\n2. Open Query Insights for slow statements, and the traces for the slow route.\n3. Raise max_instance_count or cpu in the environment file if the load is real.\n\nRunbook: docs/runbook.md#latency-is-high"
    mime_type = "text/markdown"
    subject   = "beep-web p95 latency is above 3000 ms"
  }
}

# prod-monitoring/monitoring/beep-web-latency-fast-burn
resource "google_monitoring_alert_policy" "monitoring_beep_web_latency_fast_burn" {
  combiner     = "AND"
  display_name = "beep-web uses up its latency budget 14.4 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 14.4 over 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_latency.name}\", \"3600s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 14.4 over 5 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_latency.name}\", \"300s\")"
      threshold_value = 14.4

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 60 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "3600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "72.0% or more of the requests to beep-web take longer than 1000 ms, over 1 h and still over the last 5 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 50 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-web uses up its latency budget 14.4 times too fast"
  }
}

# prod-monitoring/monitoring/beep-web-latency-slow-burn
resource "google_monitoring_alert_policy" "monitoring_beep_web_latency_slow_burn" {
  combiner     = "AND"
  display_name = "beep-web uses up its latency budget 6 times too fast"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    service       = "beep-web"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Budget burns at 6 over 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_latency.name}\", \"21600s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "Budget burns at 6 over 30 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "select_slo_burn_rate(\"${google_monitoring_slo.monitoring_beep_web_slo_latency.name}\", \"1800s\")"
      threshold_value = 6

      trigger {
        count = 1
      }
    }
  }
  conditions {
    display_name = "100 requests or more in 360 minutes"

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "0s"
      filter          = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
      threshold_value = 99

      aggregations {
        alignment_period     = "21600s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "30.0% or more of the requests to beep-web take longer than 1000 ms, over 6 h and still over the last 30 min. At this speed the budget of 30 days (5.00% of all requests) is gone in 120 hours.\n\n1. Open the dashboard: one service or all of them, one dependency, or a release?\n2. A release in this time: roll it back first, and read afterwards.\n3. See instances against max_instance_count, Query insights, and slow traces.\n\nRunbook: docs/runbook.md#an-error-budget-burns"
    mime_type = "text/markdown"
    subject   = "beep-web uses up its latency budget 6 times too fast"
  }
}

# prod-monitoring/monitoring/beep-web-slo/availability
resource "google_monitoring_slo" "monitoring_beep_web_slo_availability" {
  display_name        = "beep-web: 99.90% of requests do not fail"
  goal                = 0.999
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_web_slo_service.service_id
  slo_id              = "availability"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    good_total_ratio {
      good_service_filter  = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\")"
      total_service_filter = "metric.type = \"run.googleapis.com/request_count\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = one_of(\"2xx\", \"3xx\", \"4xx\", \"5xx\")"
    }
  }
}

# prod-monitoring/monitoring/beep-web-slo/latency
resource "google_monitoring_slo" "monitoring_beep_web_slo_latency" {
  display_name        = "beep-web: 95.00% of good answers within 1000 ms"
  goal                = 0.95
  rolling_period_days = 30
  service             = google_monitoring_service.monitoring_beep_web_slo_service.service_id
  slo_id              = "latency"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  request_based_sli {
    distribution_cut {
      distribution_filter = "metric.type = \"run.googleapis.com/request_latencies\" AND resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-web\" AND metric.labels.response_code_class = \"2xx\""

      range {
        max = 1000
      }
    }
  }
}

# prod-monitoring/monitoring/beep-web-slo/service
resource "google_monitoring_service" "monitoring_beep_web_slo_service" {
  display_name = "beep-web"
  service_id   = "beep-web"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  basic_service {
    service_labels = {
      location     = "us-central1"
      service_name = "beep-web"
    }
    service_type = "CLOUD_RUN"
  }
}

# prod-monitoring/monitoring/beep-web-uptime
resource "google_monitoring_uptime_check_config" "monitoring_beep_web_uptime" {
  display_name = "beep-web https://app.example.com/"
  period       = "300s"
  timeout      = "10s"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  content_matchers {
    content = "/_next/"
    matcher = "CONTAINS_STRING"
  }

  http_check {
    path           = "/"
    port           = 443
    request_method = "GET"
    use_ssl        = true
    validate_ssl   = true

    accepted_response_status_codes {
      status_class = "STATUS_CLASS_2XX"
    }
  }

  monitored_resource {
    labels = {
      host       = "app.example.com"
      project_id = "beep-prod-example"
    }
    type = "uptime_url"
  }
}

# prod-monitoring/monitoring/certificates
resource "google_monitoring_alert_policy" "monitoring_certificates" {
  combiner     = "OR"
  display_name = "A certificate expires in less than 14 days"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "A certificate expires in less than 14 days"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "600s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"monitoring.googleapis.com/uptime_check/time_until_ssl_cert_expires\" AND resource.type = \"uptime_url\""
      threshold_value         = 14

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_MIN"
        group_by_fields      = ["resource.label.host"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Google renews its certificates about a month before they expire; this one was not renewed. When it expires, browsers and the other services refuse the host.\n\n1. Read the host from the incident, and the dates: openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -dates.\n2. See that the DNS records of the host, and those that prove the domain, still stand.\n3. Look for a CAA record that does not let Google's authority (pki.goog) issue.\n\nRunbook: docs/runbook.md#a-certificate-expires"
    mime_type = "text/markdown"
    subject   = "A certificate expires in less than 14 days"
  }
}

# prod-monitoring/monitoring/cloud-sql-changed
resource "google_monitoring_alert_policy" "monitoring_cloud_sql_changed" {
  combiner     = "OR"
  display_name = "Somebody changed the configuration of Cloud SQL by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed the configuration of Cloud SQL by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^cloudsql[.]instances[.](update|patch)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed the configuration of Cloud SQL in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed the configuration of Cloud SQL by hand"
  }
}

# prod-monitoring/monitoring/custom-roles-changed
resource "google_monitoring_alert_policy" "monitoring_custom_roles_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a custom role by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a custom role by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]iam[.]admin[.]v1[.][A-Za-z]+Role$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a custom role in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a custom role by hand"
  }
}

# prod-monitoring/monitoring/email-oncall-example-com
resource "google_monitoring_notification_channel" "monitoring_email_oncall_example_com" {
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

# prod-monitoring/monitoring/email-platform-example-com
resource "google_monitoring_notification_channel" "monitoring_email_platform_example_com" {
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

# prod-monitoring/monitoring/error-logs
resource "google_logging_metric" "monitoring_error_logs" {
  description = "Log entries of Cloud Run services at ERROR and above"
  filter      = "severity >= ERROR AND resource.type = \"cloud_run_revision\""
  label_extractors = {
    service = "EXTRACT(resource.labels.service_name)"
  }
  name = "beep-error-logs"

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "1"
    value_type  = "INT64"

    labels {
      description = "Name of the Cloud Run service"
      key         = "service"
      value_type  = "STRING"
    }
  }
}

# prod-monitoring/monitoring/failed-sign-ins
resource "google_logging_metric" "monitoring_failed_sign_ins" {
  description = "Attempts to sign in that the API refused"
  filter      = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"beep-api\" AND log_id(\"run.googleapis.com/requests\") AND httpRequest.requestMethod = \"POST\" AND httpRequest.requestUrl : \"/api/v1/auth/\" AND httpRequest.status >= 400"
  name        = "beep-sign-in-failures"

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "1"
    value_type  = "INT64"
  }
}

# prod-monitoring/monitoring/firewall-changed
resource "google_monitoring_alert_policy" "monitoring_firewall_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a firewall rule by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a firewall rule by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]firewalls[.](insert|patch|update|delete)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a firewall rule in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a firewall rule by hand"
  }
}

# prod-monitoring/monitoring/log-sinks-changed
resource "google_monitoring_alert_policy" "monitoring_log_sinks_changed" {
  combiner     = "OR"
  display_name = "A log sink, an exclusion or a log bucket was changed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A log sink, an exclusion or a log bucket was changed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]logging[.]v2[.]ConfigServiceV2[.](Create|Update|Delete|Undelete)(Sink|Exclusion|Bucket(Async)?)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Somebody changed where the logs of this project go. Audit logs and errors may no longer be kept, so that what is done next leaves no trace.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Expected only when a person applies the bootstrap stack. Not so: treat the account as stolen, and disable it.\n3. Plan the bootstrap stack; apply it where it differs, and look at what was done since.\n\nRunbook: docs/runbook.md#audit-logging-was-changed"
    mime_type = "text/markdown"
    subject   = "A log sink, an exclusion or a log bucket was changed"
  }
}

# prod-monitoring/monitoring/networks-changed
resource "google_monitoring_alert_policy" "monitoring_networks_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a network or its peerings by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a network or its peerings by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]networks[.](insert|patch|delete|addPeering|updatePeering|removePeering)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a network or its peerings in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a network or its peerings by hand"
  }
}

# prod-monitoring/monitoring/no-instance-available
resource "google_monitoring_alert_policy" "monitoring_no_instance_available" {
  combiner     = "OR"
  display_name = "A request found no available instance"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A request found no available instance"

    condition_matched_log {
      filter = "resource.type = \"cloud_run_revision\" AND log_id(\"run.googleapis.com/requests\") AND textPayload : \"no available instance\""
    }
  }

  documentation {
    content   = "A service is full: Cloud Run refuses further requests, with 429 where the number of instances is reached. People are turned away, though neither errors nor latency rise.\n\n1. Read the service from the log entry: resource.labels.service_name.\n2. The API: each open page holds WebSockets; compare them with services.api.open_pages.\n3. Raise concurrency or max_instance_count in the environment file if the load is real.\n\nRunbook: docs/runbook.md#a-service-is-full"
    mime_type = "text/markdown"
    subject   = "A request found no available instance"
  }
}

# prod-monitoring/monitoring/postgres-backup
resource "google_monitoring_alert_policy" "monitoring_postgres_backup" {
  combiner     = "OR"
  display_name = "The backup of Cloud SQL instance beep-prod failed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "The backup of Cloud SQL instance beep-prod failed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/system_event\") AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\" AND protoPayload.methodName = \"cloudsql.instances.automatedBackup\" AND protoPayload.metadata.windowStatus =~ \"FAILED|SKIPPED\""
    }
  }

  documentation {
    content   = "beep-prod has no backup of today. Until there is one, a restore goes further back, or depends on the transaction log alone.\n\n1. See the last good one: gcloud sql backups list --instance=beep-prod --limit=5.\n2. Read the reason in the log entry: protoPayload.metadata.message.\n3. Make one now: gcloud sql backups create --instance=beep-prod.\n\nRunbook: docs/runbook.md#postgres-was-deleted-or-not-backed-up"
    mime_type = "text/markdown"
    subject   = "The backup of Cloud SQL instance beep-prod failed"
  }
}

# prod-monitoring/monitoring/postgres-connections
resource "google_monitoring_alert_policy" "monitoring_postgres_connections" {
  combiner     = "OR"
  display_name = "Postgres has more than 320 of 400 connections"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres has more than 320 of 400 connections"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/postgresql/num_backends\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 320

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-prod-example:beep-prod nears max_connections = 400; beyond it, instances fail to start.\n\n1. Group pg_stat_activity by application_name and state: look for idle transactions.\n2. See whether a service has scaled out: each instance holds a pool of 10.\n3. Lower max_instance_count, or raise postgres.max_connections and the tier.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres has more than 320 of 400 connections"
  }
}

# prod-monitoring/monitoring/postgres-cpu
resource "google_monitoring_alert_policy" "monitoring_postgres_cpu" {
  combiner     = "OR"
  display_name = "Postgres CPU is above 85%"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres CPU is above 85%"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/cpu/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-prod-example:beep-prod has used more than 85% of its CPU for 15 minutes.\n\n1. Open Query Insights and look for a statement that dominates the load.\n2. Check for a missing index, above all on a vector column, after the last migration.\n3. Raise postgres.tier in the environment file; the change restarts the instance.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres CPU is above 85%"
  }
}

# prod-monitoring/monitoring/postgres-deleted
resource "google_monitoring_alert_policy" "monitoring_postgres_deleted" {
  combiner     = "OR"
  display_name = "The Cloud SQL instance beep-prod was deleted"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  conditions {
    display_name = "The Cloud SQL instance beep-prod was deleted"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName = \"cloudsql.instances.delete\" AND protoPayload.resourceName : \"instances/beep-prod\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "beep-prod was deleted, and its deletion protection was lifted before.\n\n1. Read who from the log entry: authenticationInfo.principalEmail.\n2. List what is left: gcloud sql backups list --filter=\"instance:beep-prod\".\n3. Not meant: restore under another name; the old one is blocked for about a week.\n\nRunbook: docs/runbook.md#postgres-was-deleted-or-not-backed-up"
    mime_type = "text/markdown"
    subject   = "The Cloud SQL instance beep-prod was deleted"
  }
}

# prod-monitoring/monitoring/postgres-disk
resource "google_monitoring_alert_policy" "monitoring_postgres_disk" {
  combiner     = "OR"
  display_name = "Postgres disk is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres disk is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/disk/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The disk of beep-prod-example:beep-prod fills up; a full disk stops all writes.\n\n1. See whether postgres.disk_autoresize_limit_gb has been reached, and raise it.\n2. Look for a replication slot that nobody reads: SELECT * FROM pg_replication_slots.\n3. Find the table that grew: pg_total_relation_size.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres disk is more than 85% full"
  }
}

# prod-monitoring/monitoring/postgres-down
resource "google_monitoring_alert_policy" "monitoring_postgres_down" {
  combiner     = "OR"
  display_name = "Postgres does not run"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres does not run"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/up\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-prod-example:beep-prod has not run for five minutes: every request that needs data fails.\n\n1. Read its state: gcloud sql instances describe, and gcloud sql operations list.\n2. Stopped, or suspended for billing: start it, or see to the billing account.\n3. Its disk or its memory is full, and it restarts again and again: see those alerts.\n4. A zone is down, and the instance is ZONAL: restore to a point in time, elsewhere.\n\nRunbook: docs/runbook.md#postgres-is-down"
    mime_type = "text/markdown"
    subject   = "Postgres does not run"
  }
}

# prod-monitoring/monitoring/postgres-memory
resource "google_monitoring_alert_policy" "monitoring_postgres_memory" {
  combiner     = "OR"
  display_name = "Postgres memory is more than 90% used"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres memory is more than 90% used"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/memory/utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 0.9

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-prod-example:beep-prod has used more than 90% of its memory for 15 minutes. When it is used up, Postgres is ended and all connections break.\n\n1. Count the connections, and what each sorts or hashes: pg_stat_activity, work_mem.\n2. Look for the build of a vector index: maintenance_work_mem for each worker.\n3. Raise postgres.tier in the environment file; the change restarts the instance.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres memory is more than 90% used"
  }
}

# prod-monitoring/monitoring/postgres-replica-lag
resource "google_monitoring_alert_policy" "monitoring_postgres_replica_lag" {
  combiner     = "OR"
  display_name = "The Postgres replica is more than 300 s behind"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "The Postgres replica is more than 300 s behind"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/replication/replica_lag\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod-replica\""
      threshold_value         = 300

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "beep-prod-example:beep-prod-replica has been more than 300 s behind its primary for five minutes, or has not said how far; so much would be lost if it had to be promoted now.\n\n1. No value at all: replication has stopped. Restart the replica, or replace it.\n2. See whether a migration or a mass update runs on the primary: then wait.\n3. Look for a long query on the replica: it holds back what it reads.\n4. If CPU or disk of the replica are at their limit, raise postgres.read_replica.tier.\n\nRunbook: docs/runbook.md#the-postgres-replica-lags"
    mime_type = "text/markdown"
    subject   = "The Postgres replica is more than 300 s behind"
  }
}

# prod-monitoring/monitoring/postgres-wraparound
resource "google_monitoring_alert_policy" "monitoring_postgres_wraparound" {
  combiner     = "OR"
  display_name = "Postgres has used more than 50% of its transaction ids"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Postgres has used more than 50% of its transaction ids"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "900s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"cloudsql.googleapis.com/database/postgresql/transaction_id_utilization\" AND resource.type = \"cloudsql_database\" AND resource.labels.database_id = \"beep-prod-example:beep-prod\""
      threshold_value         = 0.5

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Vacuum frees them from about 10% on. At 100% Postgres takes no writes any more.\n\n1. Find what holds vacuum back: a transaction of days, a prepared one, a replication slot that nobody reads.\n2. End it, and VACUUM (FREEZE, VERBOSE) the tables with the oldest relfrozenxid.\n\nRunbook: docs/runbook.md#postgres-is-short-of-cpu-disk-or-connections"
    mime_type = "text/markdown"
    subject   = "Postgres has used more than 50% of its transaction ids"
  }
}

# prod-monitoring/monitoring/redis-down
resource "google_monitoring_alert_policy" "monitoring_redis_down" {
  combiner     = "OR"
  display_name = "Redis does not run"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "CRITICAL"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis does not run"

    condition_threshold {
      comparison              = "COMPARISON_LT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/server/uptime\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
      threshold_value         = 1

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MAX"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Redis has reported nothing for five minutes: sessions cannot be read.\n\n1. Read its state: gcloud redis instances describe. REPAIRING and FAILING_OVER pass.\n2. MAINTENANCE of a BASIC instance takes minutes, and loses what it held.\n3. READY, and still nothing: look for an incident at status.cloud.google.com.\n\nRunbook: docs/runbook.md#redis-is-down-or-refuses-connections"
    mime_type = "text/markdown"
    subject   = "Redis does not run"
  }
}

# prod-monitoring/monitoring/redis-evictions
resource "google_monitoring_alert_policy" "monitoring_redis_evictions" {
  combiner     = "OR"
  display_name = "Redis gives up keys before they expire"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis gives up keys before they expire"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/evicted_keys\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
      threshold_value         = 0

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "The memory is full, and keys are lost that the applications still count on: people are signed out.\n\n1. See whether keys without an expiry grow: INFO keyspace, keys against expires.\n2. Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.\n\nRunbook: docs/runbook.md#redis-memory-is-full"
    mime_type = "text/markdown"
    subject   = "Redis gives up keys before they expire"
  }
}

# prod-monitoring/monitoring/redis-memory
resource "google_monitoring_alert_policy" "monitoring_redis_memory" {
  combiner     = "OR"
  display_name = "Redis memory is more than 85% full"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis memory is more than 85% full"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/memory/usage_ratio\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
      threshold_value         = 0.85

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_MAX"
        per_series_aligner   = "ALIGN_MEAN"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "Redis nears its memory limit; sessions are then evicted and people signed out.\n\n1. See whether keys without an expiry grow: INFO keyspace, keys against expires.\n2. Raise redis.memory_size_gb in the environment file; STANDARD_HA scales in place.\n\nRunbook: docs/runbook.md#redis-memory-is-full"
    mime_type = "text/markdown"
    subject   = "Redis memory is more than 85% full"
  }
}

# prod-monitoring/monitoring/redis-rejects
resource "google_monitoring_alert_policy" "monitoring_redis_rejects" {
  combiner     = "OR"
  display_name = "Redis refuses connections"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "Redis refuses connections"

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = "300s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE"
      filter                  = "metric.type = \"redis.googleapis.com/stats/reject_connections_count\" AND resource.type = \"redis_instance\" AND resource.labels.instance_id = \"projects/beep-prod-example/locations/us-central1/instances/beep-prod\""
      threshold_value         = 0

      aggregations {
        alignment_period     = "300s"
        cross_series_reducer = "REDUCE_SUM"
        per_series_aligner   = "ALIGN_DELTA"
      }

      trigger {
        count = 1
      }
    }
  }

  documentation {
    content   = "New connections are refused, because there are as many as Redis takes. Instances that start now cannot reach it.\n\n1. See who is connected, and since when: CLIENT LIST.\n2. Look for a release that opens a connection for each request; roll it back.\n\nRunbook: docs/runbook.md#redis-is-down-or-refuses-connections"
    mime_type = "text/markdown"
    subject   = "Redis refuses connections"
  }
}

# prod-monitoring/monitoring/routes-changed
resource "google_monitoring_alert_policy" "monitoring_routes_changed" {
  combiner     = "OR"
  display_name = "Somebody changed a route by hand"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "Somebody changed a route by hand"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"compute[.]routes[.](insert|delete)$\" AND NOT protoPayload.status.code > 0 AND NOT protoPayload.authenticationInfo.principalEmail =~ \"^service-[0-9]+@(gcp-sa-[a-z-]+|compute-system|service-networking|serverless-robot-prod)[.]iam[.]gserviceaccount[.]com$\" AND NOT protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\""
    }
  }

  documentation {
    content   = "Somebody other than the pipeline changed a route in this project. The next apply takes it back, unless the files say the same.\n\n1. Read who did what from the log entry: authenticationInfo.principalEmail, methodName, resourceName, request.\n2. Ask that person. Nobody knows of it: treat the account as stolen, and disable it.\n3. Take the change back, or bring it into the files so that the next plan knows it.\n\nRunbook: docs/runbook.md#infrastructure-was-changed-by-hand"
    mime_type = "text/markdown"
    subject   = "Somebody changed a route by hand"
  }
}

# prod-monitoring/monitoring/secret-destroyed
resource "google_monitoring_alert_policy" "monitoring_secret_destroyed" {
  combiner     = "OR"
  display_name = "A secret or one of its versions was destroyed"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "300s"
    }
  }

  conditions {
    display_name = "A secret or one of its versions was destroyed"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.](DestroySecretVersion|DeleteSecret)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "A workload that pins this version fails at its next start: at the next release, or when it scales out.\n\n1. Read who and which from the log entry: protoPayload.resourceName, authenticationInfo.principalEmail.\n2. Is the number pinned? See [secret_versions] of the environment file; no line means 1.\n3. Pinned: gcloud secrets versions enable N --secret=SECRET, within seven days.\n\nRunbook: docs/runbook.md#a-secret-was-destroyed-or-disabled"
    mime_type = "text/markdown"
    subject   = "A secret or one of its versions was destroyed"
  }
}

# prod-monitoring/monitoring/secret-disabled
resource "google_monitoring_alert_policy" "monitoring_secret_disabled" {
  combiner     = "OR"
  display_name = "A version of a secret was disabled"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "WARNING"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A version of a secret was disabled"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/activity\") AND protoPayload.methodName =~ \"^google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.](DisableSecretVersion)$\" AND NOT protoPayload.status.code > 0"
    }
  }

  documentation {
    content   = "Expected as the last step of a rotation. If the version is still pinned, workloads that read it cannot start.\n\n1. Read who and which from the log entry: protoPayload.resourceName, authenticationInfo.principalEmail.\n2. Compare the number with [secret_versions] of the environment file; no line means 1.\n3. Still pinned: gcloud secrets versions enable N --secret=SECRET.\n\nRunbook: docs/runbook.md#a-secret-was-destroyed-or-disabled"
    mime_type = "text/markdown"
    subject   = "A version of a secret was disabled"
  }
}

# prod-monitoring/monitoring/secret-read
resource "google_monitoring_alert_policy" "monitoring_secret_read" {
  combiner     = "OR"
  display_name = "A secret was read by somebody else than its workload"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"

    notification_rate_limit {
      period = "3600s"
    }
  }

  conditions {
    display_name = "A secret was read by somebody else than its workload"

    condition_matched_log {
      filter = "log_id(\"cloudaudit.googleapis.com/data_access\") AND protoPayload.methodName =~ \"^google[.]cloud[.]secretmanager[.]v1[.]SecretManagerService[.]AccessSecretVersion$\" AND NOT protoPayload.status.code > 0 AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-api@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-ai-anthropic-api-key|beep-ai-openai-api-key|beep-alchemy-password|beep-better-auth-secret|beep-cloud-aws-access-key-id|beep-cloud-aws-secret-access-key|beep-cloud-google-captcha-secret-key|beep-cloud-google-captcha-site-key|beep-db-pg-password|beep-db-pg-url|beep-email-resend-api-key|beep-kv-redis-password|beep-kv-redis-url|beep-liveblocks-secret-key|beep-marketing-dub-token|beep-oauth-provider-github-client-id|beep-oauth-provider-github-client-secret|beep-oauth-provider-google-client-id|beep-oauth-provider-google-client-secret|beep-payment-stripe-key|beep-payment-stripe-webhook-secret|beep-redis-server-ca|beep-uploadthing-secret)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-todox@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-ai-anthropic-api-key|beep-ai-openai-api-key|beep-alchemy-password|beep-better-auth-secret|beep-cloud-aws-access-key-id|beep-cloud-aws-secret-access-key|beep-db-pg-password|beep-db-pg-url|beep-kv-redis-password|beep-kv-redis-url|beep-liveblocks-secret-key|beep-redis-server-ca)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-web@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-ai-anthropic-api-key|beep-ai-openai-api-key|beep-alchemy-password|beep-better-auth-secret|beep-cloud-aws-access-key-id|beep-cloud-aws-secret-access-key|beep-db-pg-password|beep-db-pg-url|beep-kv-redis-password|beep-kv-redis-url|beep-redis-server-ca|beep-uploadthing-secret)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-db-bootstrap@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-db-pg-owner-password|beep-db-pg-password)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"deploy-prod@beep-shared-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-db-pg-owner-password|beep-db-pg-password)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-migrate@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-db-pg-owner-url)/versions/\") AND NOT (protoPayload.authenticationInfo.principalEmail = \"beep-otel-collector@beep-prod-example.iam.gserviceaccount.com\" AND protoPayload.resourceName =~ \"/secrets/(beep-grafana-cloud-token)/versions/\")"
    }
  }

  documentation {
    content   = "A person, or an account of another workload, read the value of a secret. Workloads read their own alone, and people add values without reading them.\n\n1. Read who and which from the log entry: authenticationInfo.principalEmail, protoPayload.resourceName, requestMetadata.callerIp.\n2. Ask that person. Nobody knows of it: rotate the secret, and disable the account.\n3. See by which grant it was allowed: beep-infra access explain, with the secret's address; take the grant back.\n\nRunbook: docs/runbook.md#a-secret-was-read-by-somebody-else"
    mime_type = "text/markdown"
    subject   = "A secret was read by somebody else than its workload"
  }
}

# prod-monitoring/monitoring/sign-in-failures
resource "google_monitoring_alert_policy" "monitoring_sign_in_failures" {
  combiner     = "OR"
  display_name = "More than 100 attempts to sign in failed in five minutes"
  enabled      = true
  notification_channels = [
    google_monitoring_notification_channel.monitoring_email_oncall_example_com.name,
    google_monitoring_notification_channel.monitoring_email_platform_example_com.name,
  ]
  severity = "ERROR"
  user_labels = {
    "cost-center" = "beep-prod"
    environment   = "prod"
    "managed-by"  = "terraform"
    team          = "platform"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  conditions {
    display_name = "More than 100 attempts to sign in failed in five minutes"

    condition_prometheus_query_language {
      disable_metric_validation = true
      duration                  = "0s"
      query                     = "sum(increase(logging_googleapis_com:user_beep_sign_in_failures{monitored_resource=\"cloud_run_revision\"}[300s])) > 100"
    }
  }

  documentation {
    content   = "Passwords are being guessed from many addresses, or people cannot sign in: a provider, the session store or a trusted origin is wrong.\n\n1. Read the statuses: 401 is a wrong password, 403 an origin or an address that was not confirmed, 429 the application's own limit, 5xx a fault.\n2. 5xx: see the alerts on Redis and Postgres. 403 after a release: roll it back.\n3. 401 from many addresses: passwords are guessed. Lower edge.armor.sign_in_requests_per_minute.\n\nRunbook: docs/runbook.md#many-attempts-to-sign-in-fail"
    mime_type = "text/markdown"
    subject   = "More than 100 attempts to sign in failed in five minutes"
  }
}
