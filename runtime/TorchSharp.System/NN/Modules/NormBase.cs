using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>What normalisations over a batch share: scale, shift and running statistics, one number a channel.</summary>
public abstract class NormBase : nn.Module<Tensor, Tensor>
{
    private Parameter? _bias;
    private Parameter? _weight;
    private Tensor? _running_mean;
    private Tensor? _running_var;
    private Tensor? _num_batches_tracked;

    /// <summary>Scale 1, shift 0, mean 0, variance 1.</summary>
    protected NormBase(
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(name)
    {
        this.num_features = num_features;
        this.eps = eps;
        this.momentum = momentum;
        this.affine = affine;
        this.track_running_stats = track_running_stats;
        if (affine)
        {
            weight = nn.Parameter(ones(new[] { num_features }, dtype, device));
            bias = nn.Parameter(zeros(new[] { num_features }, dtype, device));
        }
        if (!track_running_stats)
            return;
        running_mean = zeros(new[] { num_features }, dtype, device);
        running_var = ones(new[] { num_features }, dtype, device);
        num_batches_tracked = zeros(Array.Empty<long>(), ScalarType.Int64, device);
    }

    /// <summary>Channels.</summary>
    public long num_features { get; }

    /// <summary>Added to the variance before its root is taken.</summary>
    public double eps { get; set; }

    /// <summary>Weight of a batch in the running statistics; null: all batches weigh the same.</summary>
    public double? momentum { get; set; }

    /// <summary>Whether there are scale and shift.</summary>
    public bool affine { get; }

    /// <summary>Whether statistics of the batches are kept.</summary>
    public bool track_running_stats { get; }

    /// <summary>Scale, [channels]. Setting it frees the one before.</summary>
    public Parameter weight
    {
        get => _weight!;
        set => ReplaceParameter(ref _weight, nameof(weight), value);
    }

    /// <summary>Shift, [channels]. Setting it frees the one before.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => ReplaceParameter(ref _bias, nameof(bias), value);
    }

    /// <summary>Running mean, [channels], or null. Setting it frees the one before.</summary>
    public Tensor? running_mean
    {
        get => _running_mean;
        set => ReplaceBuffer(ref _running_mean, nameof(running_mean), value);
    }

    /// <summary>Running variance (of the sample: n − 1), [channels], or null. Setting it frees the one before.</summary>
    public Tensor? running_var
    {
        get => _running_var;
        set => ReplaceBuffer(ref _running_var, nameof(running_var), value);
    }

    /// <summary>How many batches the statistics saw, one whole number, or null. Setting it frees the one before.</summary>
    public Tensor? num_batches_tracked
    {
        get => _num_batches_tracked;
        set => ReplaceBuffer(ref _num_batches_tracked, nameof(num_batches_tracked), value);
    }

    /// <summary>Mean 0, variance 1, no batches.</summary>
    public void reset_running_stats()
    {
        if (!track_running_stats)
            return;
        nn.init.zeros_(running_mean!);
        nn.init.ones_(running_var!);
        nn.init.zeros_(num_batches_tracked!);
    }

    /// <summary>As the module was made: <see cref="reset_running_stats"/>, scale 1, shift 0.</summary>
    public void reset_parameters()
    {
        reset_running_stats();
        if (!affine)
            return;
        nn.init.ones_(weight);
        nn.init.zeros_(bias!);
    }

    /// <summary>Throws when an input has the wrong number of dimensions.</summary>
    protected abstract void ValidateInputDimensions(Tensor input);

    /// <summary>Does nothing: the properties registered everything.</summary>
    protected override void RegisterComponents()
    {
    }
}
