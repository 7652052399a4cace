"""Serves the stand-in providers to Terraform, each by gRPC over a unix socket.

``TF_REATTACH_PROVIDERS`` tells Terraform the sockets. A server is a thread of this process and ends
with it.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.message import Message

from provider_schema.blocks import Attribute, Block, ProviderSchema
from rehearsal import codec, rules
from rehearsal.proto import tfplugin6_pb2 as tf
from rehearsal.provider import Provider, RefusedError

_REGISTRIES = ("registry.terraform.io", "registry.opentofu.org")
"""Where Terraform and OpenTofu look for a provider that names no host; each ignores the other's."""
_NESTING = {
    "list": tf.Schema.NestedBlock.LIST,
    "set": tf.Schema.NestedBlock.SET,
    "single": tf.Schema.NestedBlock.SINGLE,
}


def block_message(block: Block) -> tf.Schema.Block:
    """Return a block as a message of the protocol."""
    return tf.Schema.Block(
        attributes=[
            tf.Schema.Attribute(
                name=name,
                type=json.dumps(a.type).encode(),
                required=a.required,
                optional=a.optional,
                computed=a.computed,
                sensitive=a.sensitive,
                write_only=a.write_only,
            )
            for name, a in sorted(block.attributes.items())
        ],
        block_types=[
            tf.Schema.NestedBlock(
                type_name=name,
                block=block_message(b.block),
                nesting=_NESTING[b.nesting],
                min_items=b.min_items,
                max_items=b.max_items,
            )
            for name, b in sorted(block.blocks.items())
        ],
    )


@functools.lru_cache(maxsize=8)
def schema_message(schema: ProviderSchema) -> tf.GetProviderSchema.Response:
    """Return the whole schema as a message of the protocol."""
    return tf.GetProviderSchema.Response(
        provider=tf.Schema(block=block_message(schema.provider)),
        provider_meta=tf.Schema(block=block_message(_PROVIDER_META)),
        resource_schemas={
            n: tf.Schema(version=b.version, block=block_message(b))
            for n, b in schema.resources.items()
        },
        data_source_schemas={
            n: tf.Schema(version=b.version, block=block_message(b))
            for n, b in schema.data_sources.items()
        },
        server_capabilities=_CAPABILITIES,
    )


_PROVIDER_META = Block({"module_name": Attribute("string", optional=True)})
"""Modules name themselves by it. Source: ``ProviderMetaSchema`` in google/provider/provider.go."""
_CAPABILITIES = tf.ServerCapabilities(get_provider_schema_optional=True)


def _error(summary: str, detail: str, path: rules.Path = ()) -> tf.Diagnostic:
    return tf.Diagnostic(
        severity=tf.Diagnostic.ERROR,
        summary=summary,
        detail=detail,
        attribute=attribute_path(path) if path else None,
    )


def attribute_path(path: rules.Path) -> tf.AttributePath:
    """Return a path as a message of the protocol."""
    return tf.AttributePath(
        steps=[
            tf.AttributePath.Step(element_key_int=step)
            if isinstance(step, int)
            else tf.AttributePath.Step(attribute_name=step)
            for step in path
        ]
    )


def _value(value: codec.Value) -> tf.DynamicValue:
    return tf.DynamicValue(msgpack=codec.encode(value))


class Service:
    """The calls of the protocol; each takes a request message and returns the response."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.schema_reply = schema_message(provider.schema)
        # Each command of Terraform asks for all of it, most of them twice.
        self._validated: dict[tuple[str, bytes], tf.ValidateResourceConfig.Response] = {}

    def get_metadata(self, _: tf.GetMetadata.Request) -> tf.GetMetadata.Response:
        """Return the names of the types."""
        schema = self.provider.schema
        return tf.GetMetadata.Response(
            server_capabilities=_CAPABILITIES,
            resources=[tf.GetMetadata.TypeName(type_name=n) for n in schema.resources],
            data_sources=[tf.GetMetadata.TypeName(type_name=n) for n in schema.data_sources],
        )

    def get_provider_schema(self, _: tf.GetProviderSchema.Request) -> tf.GetProviderSchema.Response:
        """Return all schemas."""
        return self.schema_reply

    def validate_provider_config(
        self, _: tf.ValidateProviderConfig.Request
    ) -> tf.ValidateProviderConfig.Response:
        """Accept every provider block."""
        return tf.ValidateProviderConfig.Response()

    def configure_provider(
        self, request: tf.ConfigureProvider.Request
    ) -> tf.ConfigureProvider.Response:
        """Pass the provider block to the provider."""
        self.provider.configure(codec.decode_object(request.config.msgpack) or {})
        return tf.ConfigureProvider.Response()

    def validate_resource_config(
        self, request: tf.ValidateResourceConfig.Request
    ) -> tf.ValidateResourceConfig.Response:
        """Return the broken rules as diagnostics, each at its argument."""
        key = request.type_name, request.config.msgpack
        if key not in self._validated:
            config = codec.decode_object(request.config.msgpack) or {}
            findings = self.provider.validate(request.type_name, config)
            self._validated[key] = tf.ValidateResourceConfig.Response(
                diagnostics=[_error(f.summary, f.detail, f.path) for f in findings]
            )
        return self._validated[key]

    def validate_data_resource_config(
        self, _: tf.ValidateResourceConfig.Request
    ) -> tf.ValidateResourceConfig.Response:
        """Accept every data source."""
        return tf.ValidateResourceConfig.Response()

    def upgrade_resource_state(
        self, request: tf.UpgradeResourceState.Request
    ) -> tf.UpgradeResourceState.Response:
        """Return a state of an older schema in the form of today's schema."""
        block = self.provider.schema.resources[request.type_name]
        state = codec.from_state_json(request.raw_state.json, block)
        return tf.UpgradeResourceState.Response(upgraded_state=_value(state))

    def get_resource_identity_schemas(
        self, _: tf.GetResourceIdentitySchemas.Request
    ) -> tf.GetResourceIdentitySchemas.Response:
        """Return an empty response: there are none."""
        return tf.GetResourceIdentitySchemas.Response()

    def read_resource(self, request: tf.ReadResource.Request) -> tf.ReadResource.Response:
        """Return the state as it is: nothing changes the resource outside Terraform."""
        state = codec.decode_object(request.current_state.msgpack)
        return tf.ReadResource.Response(
            new_state=_value(self.provider.read(request.type_name, state)),
            private=request.private,
        )

    def plan_resource_change(
        self, request: tf.PlanResourceChange.Request
    ) -> tf.PlanResourceChange.Response:
        """Plan a resource."""
        plan = self.provider.plan(
            request.type_name,
            codec.decode_object(request.config.msgpack),
            codec.decode_object(request.prior_state.msgpack),
            codec.decode_object(request.proposed_new_state.msgpack),
        )
        return tf.PlanResourceChange.Response(
            planned_state=_value(plan.planned),
            requires_replace=[attribute_path(path) for path in plan.requires_replace],
            planned_private=request.prior_private,
            # As the real provider says: its plans hold defaults where the configuration has null.
            legacy_type_system=True,
        )

    def apply_resource_change(
        self, request: tf.ApplyResourceChange.Request
    ) -> tf.ApplyResourceChange.Response:
        """Apply a resource; refuse to delete a protected one."""
        planned = codec.decode_object(request.planned_state.msgpack)
        prior = codec.decode_object(request.prior_state.msgpack)
        if planned is None and prior and self.provider.is_protected(prior):
            return tf.ApplyResourceChange.Response(
                new_state=request.prior_state,
                private=request.planned_private,
                diagnostics=[
                    _error(
                        f"cannot destroy {request.type_name} without setting"
                        " deletion_protection=false and running `terraform apply`",
                        "",
                    )
                ],
            )
        config = codec.decode_object(request.config.msgpack)
        try:
            state = self.provider.apply(request.type_name, planned, config)
        except RefusedError as error:
            return tf.ApplyResourceChange.Response(
                new_state=request.prior_state,
                private=request.planned_private,
                diagnostics=[_error(str(error), "")],
            )
        return tf.ApplyResourceChange.Response(
            new_state=_value(state), private=request.planned_private
        )

    def import_resource_state(
        self, request: tf.ImportResourceState.Request
    ) -> tf.ImportResourceState.Response:
        """Import a resource by its id."""
        state = self.provider.import_state(request.type_name, request.id)
        return tf.ImportResourceState.Response(
            imported_resources=[
                tf.ImportResourceState.ImportedResource(
                    type_name=request.type_name, state=_value(state)
                )
            ]
        )

    def move_resource_state(
        self, request: tf.MoveResourceState.Request
    ) -> tf.MoveResourceState.Response:
        """Refuse every move between types."""
        return tf.MoveResourceState.Response(
            diagnostics=[
                _error(
                    "Move between resource types",
                    f"The rehearsal does not move {request.source_type_name} to"
                    f" {request.target_type_name}.",
                )
            ]
        )

    def read_data_source(self, request: tf.ReadDataSource.Request) -> tf.ReadDataSource.Response:
        """Read a data source."""
        config = codec.decode_object(request.config.msgpack) or {}
        return tf.ReadDataSource.Response(
            state=_value(self.provider.read_data(request.type_name, config))
        )

    def get_functions(self, _: tf.GetFunctions.Request) -> tf.GetFunctions.Response:
        """Return an empty response: there are none."""
        return tf.GetFunctions.Response()

    def stop_provider(self, _: tf.StopProvider.Request) -> tf.StopProvider.Response:
        """Return an empty response: there is nothing to stop."""
        return tf.StopProvider.Response()

    def calls(self) -> dict[str, tuple[Callable[[Any], Message], type[Message]]]:
        """Return the method and the class of its request for each call, by the protocol's name."""
        return {
            "GetMetadata": (self.get_metadata, tf.GetMetadata.Request),
            "GetProviderSchema": (self.get_provider_schema, tf.GetProviderSchema.Request),
            "ValidateProviderConfig": (
                self.validate_provider_config,
                tf.ValidateProviderConfig.Request,
            ),
            "ConfigureProvider": (self.configure_provider, tf.ConfigureProvider.Request),
            "ValidateResourceConfig": (
                self.validate_resource_config,
                tf.ValidateResourceConfig.Request,
            ),
            "ValidateDataResourceConfig": (
                self.validate_data_resource_config,
                tf.ValidateResourceConfig.Request,
            ),
            "UpgradeResourceState": (
                self.upgrade_resource_state,
                tf.UpgradeResourceState.Request,
            ),
            "GetResourceIdentitySchemas": (
                self.get_resource_identity_schemas,
                tf.GetResourceIdentitySchemas.Request,
            ),
            "ReadResource": (self.read_resource, tf.ReadResource.Request),
            "PlanResourceChange": (self.plan_resource_change, tf.PlanResourceChange.Request),
            "ApplyResourceChange": (self.apply_resource_change, tf.ApplyResourceChange.Request),
            "ImportResourceState": (self.import_resource_state, tf.ImportResourceState.Request),
            "MoveResourceState": (self.move_resource_state, tf.MoveResourceState.Request),
            "ReadDataSource": (self.read_data_source, tf.ReadDataSource.Request),
            "GetFunctions": (self.get_functions, tf.GetFunctions.Request),
            "StopProvider": (self.stop_provider, tf.StopProvider.Request),
        }


def _handler(service: Service) -> grpc.GenericRpcHandler:
    def unary(
        call: Callable[[Any], Message], request: type[Message]
    ) -> grpc.RpcMethodHandler[Any, Any]:
        def handle(message: Message, _context: grpc.ServicerContext) -> Message:
            return call(message)

        return grpc.unary_unary_rpc_method_handler(
            handle,
            request_deserializer=request.FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    return grpc.method_handlers_generic_handler(
        "tfplugin6.Provider",
        {name: unary(call, request) for name, (call, request) in service.calls().items()},
    )


def reattach(providers: Iterable[str], folder: Path) -> str:
    """Return the ``TF_REATTACH_PROVIDERS`` of providers whose sockets have their names."""
    return json.dumps(
        {
            f"{registry}/hashicorp/{name}": {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": os.getpid(),
                "Test": True,  # Terraform must not stop this process
                "Addr": {"Network": "unix", "String": str(folder / name)},
            }
            for name in providers
            for registry in _REGISTRIES
        }
    )


@dataclass(frozen=True)
class Attachment:
    """Running providers by name, and the folder of the sockets on which they listen."""

    providers: Mapping[str, Provider]
    folder: Path

    @property
    def schemas(self) -> tuple[ProviderSchema, ...]:
        """What the providers know."""
        return tuple(provider.schema for provider in self.providers.values())

    @property
    def reattach(self) -> str:
        """The value of ``TF_REATTACH_PROVIDERS``."""
        return reattach(self.providers, self.folder)

    @property
    def rules(self) -> Mapping[str, rules.TypeRules]:
        """The rules of all types that the providers know."""
        return rules.load(*(p.schema.provider_version for p in self.providers.values()))


@contextmanager
def serve(
    schemas: Iterable[ProviderSchema],
    folder: Path,
    make: Callable[[ProviderSchema], Provider] = Provider,
) -> Iterator[Attachment]:
    """Start the providers of a stack; stop them and remove their sockets at the end.

    ``folder`` is where the sockets are, each of at most 107 bytes.
    """
    with ExitStack() as running:
        providers = {schema.name: make(schema) for schema in schemas}
        for name, provider in providers.items():
            running.enter_context(_served(provider, folder / name))
        yield Attachment(providers, folder)


@contextmanager
def _served(provider: Provider, socket: Path) -> Iterator[None]:
    server = grpc.server(
        ThreadPoolExecutor(max_workers=4, thread_name_prefix="provider"),
        options=[
            ("grpc.max_send_message_length", -1),
            ("grpc.max_receive_message_length", -1),
        ],
    )
    server.add_generic_rpc_handlers((_handler(Service(provider)),))
    server.add_insecure_port(f"unix:{socket}")
    server.start()
    try:
        yield
    finally:
        server.stop(grace=None).wait()
        socket.unlink(missing_ok=True)
