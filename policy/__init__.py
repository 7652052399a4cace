"""What no stack may do, and the few places where one may: checkov's rules and our own."""
