namespace OrleansSgd.Telemetry;

/// <summary>Every metric: name, UCUM unit and description; and every tag with its values.</summary>
/// <remarks>Names are only ever added. Units in braces are UCUM annotations: things that are counted.</remarks>
public static class MetricNames
{
    /// <summary>The one meter of all metrics.</summary>
    public const string Meter = "OrleansSgd";

    /// <summary>Histogram; <see cref="DelayUnit"/>.</summary>
    public const string Delay = "orleanssgd.delay";

    /// <summary>Updates.</summary>
    public const string DelayUnit = "{update}";

    /// <summary>What <see cref="Delay"/> is.</summary>
    public const string DelayDescription = "Updates before a gradient's ticket that its view lacked.";

    /// <summary>Histogram; <see cref="GapUnit"/>.</summary>
    public const string Gap = "orleanssgd.gap";

    /// <summary>A ratio of squared gradient norms has no unit.</summary>
    public const string GapUnit = "1";

    /// <summary>What <see cref="Gap"/> is.</summary>
    public const string GapDescription = "Upper bound of the squared distance between parameters and view, by the rate squared.";

    /// <summary>Histogram; <see cref="SecondsUnit"/>.</summary>
    public const string GradientDuration = "orleanssgd.gradient.duration";

    /// <summary>What <see cref="GradientDuration"/> is.</summary>
    public const string GradientDurationDescription = "Time to compute one gradient.";

    /// <summary>Histogram; <see cref="SecondsUnit"/>.</summary>
    public const string PushDuration = "orleanssgd.push.duration";

    /// <summary>What <see cref="PushDuration"/> is.</summary>
    public const string PushDurationDescription = "Time from sending an update until every shard has answered.";

    /// <summary>Seconds.</summary>
    public const string SecondsUnit = "s";

    /// <summary>Counter; <see cref="SamplesUnit"/>.</summary>
    public const string Samples = "orleanssgd.samples";

    /// <summary>Training samples.</summary>
    public const string SamplesUnit = "{sample}";

    /// <summary>What <see cref="Samples"/> is.</summary>
    public const string SamplesDescription = "Samples that applied updates were computed from.";

    /// <summary>Counter; <see cref="UpdatesUnit"/>.</summary>
    public const string Updates = "orleanssgd.updates";

    /// <summary>Updates.</summary>
    public const string UpdatesUnit = "{update}";

    /// <summary>What <see cref="Updates"/> is.</summary>
    public const string UpdatesDescription = "Updates that every shard has applied.";

    /// <summary>Counter; <see cref="UpdatesUnit"/>.</summary>
    public const string UpdatesLost = "orleanssgd.updates.lost";

    /// <summary>What <see cref="UpdatesLost"/> is.</summary>
    public const string UpdatesLostDescription = "Updates that were applied and went down with a shard.";

    /// <summary>Counter; <see cref="BytesUnit"/>; tag <see cref="Direction"/>.</summary>
    public const string Bytes = "orleanssgd.bytes";

    /// <summary>Bytes.</summary>
    public const string BytesUnit = "By";

    /// <summary>What <see cref="Bytes"/> is.</summary>
    public const string BytesDescription = "Bytes of the frames between workers and shards.";

    /// <summary>Tag: id of the job.</summary>
    public const string JobTag = TraceNames.JobId;

    /// <summary>Tag: which way bytes went, seen from the worker.</summary>
    public const string Direction = "orleanssgd.direction";

    /// <summary>Value of <see cref="Direction"/>: an update, to a shard.</summary>
    public const string Push = "push";

    /// <summary>Value of <see cref="Direction"/>: a view, from a shard.</summary>
    public const string Pull = "pull";
}
