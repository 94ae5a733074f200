using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;

namespace OrleansSgd.Models.Tests;

/// <summary>Goal: the same arguments give the same bits, so that a run can be replayed and compared.</summary>
public class DeterminismTests
{
    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Bits_do_not_depend_on_where_the_buffers_lie(string name, bool sparse)
    {
        Case item = Case.Named(name);

        Assert.Null(BitChecker.Complaint(item, item.Model, sparse));
    }

    [Fact]
    public void Planted_dependence_on_alignment_is_caught()
    {
        Case item = Case.Named("softmax");
        var bent = new BentModel(item.Model, gradient =>
        {
            // A sum that peels to a boundary of 32 bytes differs in the last bit, and only off that boundary.
            if (AddressOf(gradient) % 32 != 0)
            {
                gradient[3] = MathF.BitIncrement(gradient[3]);
            }
        });

        Assert.Contains("other bits", BitChecker.Complaint(item, bent, sparse: false));
    }

    [Fact]
    public void Planted_write_beyond_the_gradient_is_caught()
    {
        Case item = Case.Named("softmax");
        var bent = new BentModel(item.Model, gradient =>
            Unsafe.Add(ref MemoryMarshal.GetReference(gradient), gradient.Length) = 1);

        Assert.Contains("wrote outside", BitChecker.Complaint(item, bent, sparse: false));
    }

    [Theory]
    [MemberData(nameof(Case.NamesDenseAndSparse), MemberType = typeof(Case))]
    public void Bits_do_not_depend_on_what_the_session_did_before(string name, bool sparse)
    {
        Case item = Case.Named(name);
        ArraySource samples = item.Samples(sparse);
        float[] parameters = item.Parameters();
        float[] fresh = new float[parameters.Length];
        using (IGradientSession session = item.Model.CreateSession(samples.Count))
        {
            session.Gradient(parameters, samples.All(), fresh);
        }

        float[] used = new float[parameters.Length];
        using IGradientSession old = item.Model.CreateSession(samples.Count + 64);
        float[] poison = [.. Enumerable.Repeat(float.NaN, parameters.Length)];
        old.Gradient(poison, samples.Rows([.. Enumerable.Range(0, 64).Select(i => i % samples.Count)]), used);
        old.Evaluate(poison, samples.As(!sparse).Rows(0));
        old.Gradient(parameters, samples.All(), used);

        Assert.True(BitChecker.SameBits(fresh, used));
    }

    [Fact]
    public async Task Bits_do_not_depend_on_the_thread()
    {
        Case item = Case.Named("mlp, relu, two hidden, l2");
        IModel model = item.Model;
        string[] hashes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Hash(item, model))));

        Assert.Single(hashes.Distinct());
    }

    /// <summary>
    /// Pins the bits on every machine. To see the other instruction sets on this one, run with
    /// DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0 or DOTNET_EnableHWIntrinsic=0. Logistic regression is left out: its
    /// slopes go through the exponential of the C library.
    /// </summary>
    [Theory]
    [InlineData("least squares", "2E3032C0C3263B25")]
    [InlineData("softmax", "486CA07B5074EE81")]
    [InlineData("mlp, relu, two hidden, l2", "552B202AC31F0E6D")]
    [InlineData("mlp, tanh, three hidden, no bias", "7735CAAC308D6254")]
    public void Bits_are_the_same_on_every_machine(string name, string expected)
    {
        Case item = Case.Named(name);

        Assert.Equal(expected, Hash(item, item.Model));
    }

    private static string Hash(Case item, IModel model)
    {
        SampleBatch batch = item.Samples().All();
        float[] gradient = new float[model.ParameterCount];
        using IGradientSession session = model.CreateSession(batch.Count);
        session.Gradient(item.Parameters(), batch, gradient);
        return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(gradient)))[..16];
    }

    private static unsafe nuint AddressOf(Span<float> span) =>
        (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(span));
}
