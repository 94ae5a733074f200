using OrleansSgd.Core.Shards;

namespace OrleansSgd.Core.Tests.Shards;

/// <summary>Goal: an answer on its way is never overwritten, and the steady state allocates nothing.</summary>
public sealed class AnswerBuffersTests
{
    private readonly AnswerBuffers _buffers = new();

    [Fact]
    public void Next_request_of_a_worker_gets_the_buffer_of_its_last()
    {
        byte[] first = _buffers.Take(worker: 3, incarnation: 1, number: 7, size: 100);

        Assert.Same(first, _buffers.Take(3, 1, number: 8, size: 60));
    }

    [Fact]
    public void Repeated_request_gets_a_buffer_of_its_own_because_the_first_answer_may_be_on_its_way()
    {
        byte[] first = _buffers.Take(3, 1, number: 7, size: 100);

        byte[] repeated = _buffers.Take(3, 1, number: 7, size: 100);
        byte[] next = _buffers.Take(3, 1, number: 8, size: 100);

        Assert.NotSame(first, repeated);
        Assert.NotSame(repeated, next);
    }

    [Fact]
    public void Lives_and_workers_share_no_buffer()
    {
        byte[] first = _buffers.Take(3, 1, number: 7, size: 100);

        Assert.NotSame(first, _buffers.Take(3, incarnation: 2, number: 8, size: 100));
        Assert.NotSame(first, _buffers.Take(worker: 4, 1, number: 8, size: 100));
    }

    [Fact]
    public void Buffer_that_is_too_small_is_replaced()
    {
        byte[] first = _buffers.Take(3, 1, number: 7, size: 100);

        byte[] larger = _buffers.Take(3, 1, number: 8, size: 200);

        Assert.NotSame(first, larger);
        Assert.Same(larger, _buffers.Take(3, 1, number: 9, size: 200));
    }

    [Fact]
    public void Buffer_that_the_shard_reads_is_put_aside_and_taken_up_again()
    {
        byte[] first = _buffers.Take(3, 1, number: 7, size: 100);
        byte[] second = _buffers.Take(3, 1, number: 8, size: 100, inUse: first);

        Assert.NotSame(first, second);
        Assert.Same(first, _buffers.Take(3, 1, number: 9, size: 100, inUse: second));
        Assert.Same(second, _buffers.Take(3, 1, number: 10, size: 100, inUse: first));
    }

    [Fact]
    public void Buffer_that_the_shard_reads_is_given_to_no_other_worker()
    {
        byte[] first = _buffers.Take(worker: 3, 1, number: 7, size: 100);
        byte[] other = _buffers.Take(worker: 4, 1, number: 7, size: 100);
        byte[] second = _buffers.Take(worker: 3, 1, number: 8, size: 100, inUse: first);

        // The shard goes on reading the first: what was put aside is not free.
        byte[] third = _buffers.Take(worker: 3, 1, number: 9, size: 100, inUse: first);

        Assert.Same(second, third);
        Assert.Same(other, _buffers.Take(worker: 4, 1, number: 8, size: 100, inUse: first));
        Assert.Same(first, _buffers.Take(worker: 4, 1, number: 9, size: 100, inUse: other)); // it reads another one now
    }
}
