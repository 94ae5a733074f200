using OrleansSgd.Core.Checkpoints;
using static OrleansSgd.Storage.Tests.Checkpoints;

namespace OrleansSgd.Storage.Tests;

/// <content>How far the lives of a job had got, where a store can tell.</content>
public abstract partial class StoreConformance
{
    /// <summary>False for a store that has no marks: then it says so, and nothing else changes.</summary>
    protected virtual bool HasMarks => true;

    [Fact]
    public async Task Marks_of_every_life_since_the_newest_checkpoint_but_one_are_there_for_the_next_life()
    {
        ICheckpointStore store = Open();
        StoreClaim first = await store.ClaimAsync(Job, None);
        using ITicketMark? mark = await store.OpenMarkAsync(first, None);
        Assert.Equal(HasMarks, mark is not null);
        mark?.Set(700);
        mark?.Set(812);
        await PublishAsync(store, first, 1);
        StoreClaim second = await store.ClaimAsync(Job, None);
        using ITicketMark? next = await store.OpenMarkAsync(second, None);
        next?.Set(845);

        IReadOnlyDictionary<long, long> marks = await Open().MarksAsync(Job, None);

        Assert.Equal(HasMarks ? [(first.Generation, 812L), (second.Generation, 845L)] : [], marks.OrderBy(one => one.Key).Select(one => (one.Key, one.Value)));
    }

    [Fact]
    public async Task Job_that_nobody_began_has_no_marks() => Assert.Empty(await Open().MarksAsync("nobody", None));
}
