"""What is measured: subjects and peers, one file each; a quality table and a speed guard, kept apart."""
