// Tests count the live tensors of the process and draw from its one generator: two at once would see each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
