// Activity listeners, meters and environment variables belong to the process: tests that ran side by side would hear each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
