"""The smallest useful app, one Cloud Run service, written as anybody would; the benchmark runs it.

Its text, with the package names of CDK Terrain put in, is also the peer that is measured.
"""

import os

import cdktf_python
import jsii_lazy

jsii_lazy.activate("cdktf_cdktf_provider_google")
if not os.environ.get("JSII_LAZY"):
    cdktf_python.activate("cdktf_cdktf_provider_google")

from cdktf import App, GcsBackend, TerraformStack  # noqa: E402  # activation comes before the bindings
from cdktf_cdktf_provider_google.cloud_run_v2_service import (  # noqa: E402
    CloudRunV2Service,
    CloudRunV2ServiceTemplate,
    CloudRunV2ServiceTemplateContainers,
)
from cdktf_cdktf_provider_google.provider import GoogleProvider  # noqa: E402

app = App(outdir=os.environ["CDKTF_OUTDIR"])
stack = TerraformStack(app, "minimal")
GcsBackend(stack, bucket="state", prefix="minimal")
GoogleProvider(stack, "google", project="some-project", region="europe-west1")
CloudRunV2Service(
    stack,
    "service",
    name="web",
    location="europe-west1",
    template=CloudRunV2ServiceTemplate(
        containers=[CloudRunV2ServiceTemplateContainers(image="example.com/web:1")]
    ),
)
app.synth()
