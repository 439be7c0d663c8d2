"""Innovation vouchers (科技创新券): issued, set aside by bookings, redeemed, owed to providers."""
