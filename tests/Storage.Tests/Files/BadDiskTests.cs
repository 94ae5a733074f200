using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests.Files;

/// <summary>Goal: a bad disk is named and damages nothing. Method: errors of the kernel itself where it gives them, else its numbers.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class BadDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_is_said_and_what_counted_before_still_counts()
    {
        FullDisk disk = new();
        FileCheckpointStore store = new(_folder.Path, null, disk);
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);
        CheckpointPart[] parts = await Checkpoints.WriteAsync(store, claim, 2);
        disk.IsFull = true;

        CheckpointStoreException written = await Checkpoints.TroubleAsync(StoreTrouble.Full, () => store.WriteAsync(claim, "x", new byte[10], None));
        await Checkpoints.TroubleAsync(StoreTrouble.Full, () => store.PublishAsync(claim, Checkpoints.Manifest(claim, 2, parts), None));

        Assert.Contains("free some", written.Message, StringComparison.Ordinal);
        Assert.True(written.IsPassing);
        Assert.Equal(1, await Checkpoints.NewestAsync(store));
        disk.IsFull = false;
        await store.PublishAsync(claim, Checkpoints.Manifest(claim, 2, parts), None);
        Assert.Equal(2, await Checkpoints.NewestAsync(store));
    }

    [Fact]
    public async Task A_folder_that_may_only_be_read_is_said_and_can_still_be_read()
    {
        using UnprivilegedFiles files = new();
        FileCheckpointStore store = new(_folder.Path, null, files);
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        CheckpointManifest manifest = await Checkpoints.PublishAsync(store, claim, 1);
        files.Seal(_folder.Path);

        foreach (Func<Task> call in (Func<Task>[])
        [
            () => store.WriteAsync(claim, "x", new byte[1], None),
            () => store.PublishAsync(claim, manifest with { Number = 2 }, None),
            () => store.ClaimAsync(Checkpoints.Job, None),
            () => store.ClaimAsync("another", None),
        ])
        {
            CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.ReadOnly, call);
            Assert.False(error.IsPassing);
        }

        Assert.Equal(1, await Checkpoints.NewestAsync(store));
    }

    [Theory]
    [InlineData(28, StoreTrouble.Full)]
    [InlineData(122, StoreTrouble.Full)]
    [InlineData(27, StoreTrouble.Full)]
    [InlineData(30, StoreTrouble.ReadOnly)]
    [InlineData(5, StoreTrouble.Gone)]
    [InlineData(116, StoreTrouble.Gone)]
    public async Task Each_error_number_of_the_kernel_becomes_its_trouble(int errno, StoreTrouble trouble)
    {
        FailingDisk disk = new();
        FileCheckpointStore store = new(_folder.Path, null, disk);
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);
        disk.Error = FileTrouble.OfErrno(errno, "x", "planted");

        await Checkpoints.TroubleAsync(trouble, () => store.WriteAsync(claim, "x", new byte[1], None));

        Assert.Equal(1, await Checkpoints.NewestAsync(store));
    }

    [Fact]
    public async Task A_folder_that_cannot_even_be_read_is_denied()
    {
        FailingDisk disk = new();
        FileCheckpointStore store = new(_folder["gone"], null, disk);
        disk.Error = FileTrouble.OfErrno(13, "x", "planted");

        await Checkpoints.TroubleAsync(StoreTrouble.Denied, () => store.ClaimAsync(Checkpoints.Job, None));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_has_nothing_and_cannot_be_flushed()
    {
        FileCheckpointStore store = new(_folder["gone"]);

        Assert.Empty(await store.JobsAsync(None));
        Assert.Equal(0, await Checkpoints.NewestAsync(store));
        Assert.Throws<DirectoryNotFoundException>(() => FolderSync.Flush(_folder["gone"]));
    }

    [Fact]
    public async Task A_disk_that_hangs_is_slow_and_what_was_given_up_does_not_come_to_count_later()
    {
        ManualTime time = new();
        HangingDisk disk = new();
        FileCheckpointStore store = new(_folder.Path, new() { Time = time, SlowAfter = TimeSpan.FromSeconds(5) }, disk);
        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        CheckpointPart[] parts = await Checkpoints.WriteAsync(store, claim, 1);
        disk.Hang();

        Task publishing = store.PublishAsync(claim, Checkpoints.Manifest(claim, 1, parts), None);
        await disk.Hangs;
        time.Move(TimeSpan.FromSeconds(5));
        CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Slow, () => publishing);
        disk.GoOn();

        Assert.Contains("longer than 5 s", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsPassing);
        await disk.WentOn;
        Assert.Equal(0, await Checkpoints.NewestAsync(store));
        await store.PublishAsync(claim, Checkpoints.Manifest(claim, 1, parts), None);
        Assert.Equal(1, await Checkpoints.NewestAsync(store));
    }

    // Once full, whatever is written goes to the kernel's own full device.
    private sealed class FullDisk : FileSteps
    {
        public bool IsFull { get; set; }

        public override void Write(string path, ReadOnlySpan<byte> bytes)
        {
            if (!IsFull)
            {
                base.Write(path, bytes);
                return;
            }

            using SafeFileHandle device = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
            RandomAccess.Write(device, bytes, 0);
        }
    }

    private sealed class FailingDisk : FileSteps
    {
        public Exception? Error { get; set; }

        public override void MakeFolder(string path) => Run(() => base.MakeFolder(path));

        public override void Flush(SafeFileHandle file, string path) => Run(() => base.Flush(file, path));

        private void Run(Action step)
        {
            if (Error is not null)
            {
                throw Error;
            }

            step();
        }
    }

    private sealed class HangingDisk : FileSteps
    {
        private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _wentOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isHanging;

        public Task Hangs => _hangs.Task;

        public Task WentOn => _wentOn.Task;

        public void Hang() => _isHanging = true;

        public void GoOn()
        {
            _isHanging = false;
            _goOn.SetResult();
        }

        public override void Flush(SafeFileHandle file, string path)
        {
            if (!_isHanging)
            {
                base.Flush(file, path);
                return;
            }

            _hangs.SetResult();
            _goOn.Task.Wait();
            base.Flush(file, path);
            _wentOn.SetResult();
        }
    }

    // Each step as a user without rights: root would be let through. The identity for files is the thread's own on Linux, and given back after each step.
    private sealed partial class UnprivilegedFiles : FileSteps, IDisposable
    {
        private const uint Nobody = 65534;
        private const uint Root = 0;
        private readonly List<string> _sealed = [];

        public void Seal(string root)
        {
            foreach (string folder in Directory.GetDirectories(root, "*", SearchOption.AllDirectories).Append(root))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
                _sealed.Add(folder);
            }
        }

        public override void MakeFolder(string path) => Run(() => base.MakeFolder(path));

        public override bool TryCreate(string path, ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            bool isNew = false;
            Run(() => isNew = base.TryCreate(path, copy));
            return isNew;
        }

        public override void Write(string path, ReadOnlySpan<byte> bytes)
        {
            byte[] copy = bytes.ToArray();
            Run(() => base.Write(path, copy));
        }

        public void Dispose()
        {
            foreach (string folder in _sealed)
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }

        private void Run(Action step)
        {
            if (_sealed.Count == 0 || Environment.UserName != "root")
            {
                step();
                return;
            }

            _ = SetFileUser(Nobody);
            try
            {
                step();
            }
            finally
            {
                _ = SetFileUser(Root);
            }
        }

        [LibraryImport("libc", EntryPoint = "setfsuid")]
        private static partial int SetFileUser(uint user);
    }
}
