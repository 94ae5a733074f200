using TorchSharp.Engine;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device device(string description) => InitializeDevice(new Device(description));

    public static Device device(DeviceType deviceType, int index = -1) => InitializeDevice(new Device(deviceType, index));

    public static Device get_default_device() => CPU;

    public static ScalarType get_default_dtype() => ScalarType.Float32;

    /// <summary>Loads libtorch, if it has not been.</summary>
    /// <exception cref="NotSupportedException">libtorch cannot be loaded; the message says what to do.</exception>
    /// <exception cref="InvalidOperationException">Another device than the processor.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"There is no device of type {deviceType} here; use CPU.");
        }
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType)
    {
        LibraryFile.Load();
        return deviceType == DeviceType.CPU;
    }

    public static Device InitializeDevice(Device? device)
    {
        InitializeDeviceType((device ?? CPU).type);
        return device ?? CPU;
    }

    /// <summary>Where a tensor lies. Here it is the processor's memory, always.</summary>
    public class Device
    {
        public Device(string description)
            : this(ToType(description))
        {
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() => type == DeviceType.CPU ? "cpu" : "cuda";

        private static DeviceType ToType(string description) => description switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            _ => throw new ArgumentException($"'{description}' is no device; use cpu."),
        };
    }
}
