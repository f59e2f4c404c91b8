"""The demo site: an outsider that knows the service by HTTP and signatures alone, so it imports nothing else of it.

`poster` sends a sample discussion through the signed webhook; `receiver` hears the signed callbacks.
"""
