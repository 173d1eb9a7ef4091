/// A picture in memory: 8-bit red, green, blue and opacity, rows from the top.
public struct RasterImage: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// `4 × width × height` bytes, RGBA, not premultiplied.
    public var pixels: [UInt8]

    /// A fully transparent picture.
    public init(width: Int, height: Int) {
        self.width = max(width, 1)
        self.height = max(height, 1)
        pixels = [UInt8](repeating: 0, count: 4 * self.width * self.height)
    }

    public subscript(_ x: Int, _ y: Int) -> RGBA {
        get {
            let at = 4 * (x + width * y)
            return RGBA(pixels[at], pixels[at + 1], pixels[at + 2], pixels[at + 3])
        }
        set {
            let at = 4 * (x + width * y)
            pixels[at] = newValue.red
            pixels[at + 1] = newValue.green
            pixels[at + 2] = newValue.blue
            pixels[at + 3] = newValue.alpha
        }
    }
}

/// One pixel.
public struct RGBA: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    public var alpha: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ alpha: UInt8 = 255) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }
}
